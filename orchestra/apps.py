"""The Django app `orchestra`."""

from django.apps import AppConfig


class OrchestraConfig(AppConfig):
    name = "orchestra"
    label = "orchestra"
    default_auto_field = "django.db.models.BigAutoField"
