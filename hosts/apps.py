"""The Django app `hosts`."""

from django.apps import AppConfig


class HostsConfig(AppConfig):
    name = "hosts"
    label = "hosts"
    default_auto_field = "django.db.models.BigAutoField"
