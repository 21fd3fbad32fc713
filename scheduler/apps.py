"""The Django app `scheduler`."""

from django.apps import AppConfig


class SchedulerConfig(AppConfig):
    name = "scheduler"
    label = "scheduler"
    default_auto_field = "django.db.models.BigAutoField"
