"""The routes of containers, the demo, registries and what of a host concerns containers under /api/v1/; `decision` is
the scheduler's."""

from django.urls import path

from containers import demo_views, registry_views, views

REGISTRIES = "projects/<slug:project>/registries"
ONE = "projects/<slug:project>/containers/<uuid:container>"

urlpatterns = [
    path("projects/<slug:project>/containers", views.Containers.as_view(), name="containers"),
    path("projects/<slug:project>/demo", demo_views.Demo.as_view(), name="demo"),
    path("projects/<slug:project>/containers/check", views.ContainerCheck.as_view(), name="container-check"),
    path(ONE, views.ContainerOne.as_view(), name="container"),
    path(f"{ONE}/attempts", views.ContainerAttempts.as_view(), name="container-attempts"),
    path(f"{ONE}/logs", views.ContainerLogs.as_view(), name="container-logs"),
    path(f"{ONE}/events", views.ContainerEvents.as_view(), name="container-events"),
    path(f"{ONE}/usage", views.ContainerUsage.as_view(), name="container-usage"),
    path(f"{ONE}/stop", views.ContainerStop.as_view(), name="container-stop"),
    path(f"{ONE}/keep", views.ContainerKeep.as_view(), name="container-keep"),
    path(f"{ONE}/restart", views.ContainerRestart.as_view(), name="container-restart"),
    path(f"{ONE}/remove", views.ContainerRemove.as_view(), name="container-remove"),
    path("hosts/<str:name>/mark-dead", views.HostMarkDead.as_view(), name="host-mark-dead"),
    path(REGISTRIES, registry_views.Registries.as_view(), name="registries"),
    path(f"{REGISTRIES}/<int:registry_id>", registry_views.RegistryOne.as_view(), name="registry"),
    path(f"{REGISTRIES}/<int:registry_id>/test", registry_views.RegistryTest.as_view(), name="registry-test"),
]
