"""The routes of events under /api/v1/."""

from django.urls import path

from core.events import views

urlpatterns = [path("events", views.Events.as_view(), name="events")]
