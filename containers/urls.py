"""The routes of containers under /api/v1/, and what of a host concerns them; `decision` is the scheduler's."""

from django.urls import path

from containers import views

ONE = "projects/<slug:project>/containers/<uuid:container>"

urlpatterns = [
    path("projects/<slug:project>/containers", views.Containers.as_view(), name="containers"),
    path(ONE, views.ContainerOne.as_view(), name="container"),
    path(f"{ONE}/attempts", views.ContainerAttempts.as_view(), name="container-attempts"),
    path(f"{ONE}/logs", views.ContainerLogs.as_view(), name="container-logs"),
    path(f"{ONE}/events", views.ContainerEvents.as_view(), name="container-events"),
    path(f"{ONE}/usage", views.ContainerUsage.as_view(), name="container-usage"),
    path(f"{ONE}/stop", views.ContainerStop.as_view(), name="container-stop"),
    path(f"{ONE}/restart", views.ContainerRestart.as_view(), name="container-restart"),
    path(f"{ONE}/remove", views.ContainerRemove.as_view(), name="container-remove"),
    path("hosts/<str:name>/mark-dead", views.HostMarkDead.as_view(), name="host-mark-dead"),
]
