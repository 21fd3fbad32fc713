"""The routes of containers, services, the demo, registries and what of a host concerns containers under /api/v1/;
`decision` is the scheduler's."""

from django.urls import path

from containers import demo_views, registry_views, service_views, views

REGISTRIES = "projects/<slug:project>/registries"
ONE = "projects/<slug:project>/containers/<uuid:container>"
SERVICES = "projects/<slug:project>/services"
SERVICE = f"{SERVICES}/<uuid:service>"

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
    path(f"{ONE}/replace", service_views.ContainerReplace.as_view(), name="container-replace"),
    path(SERVICES, service_views.Services.as_view(), name="services"),
    path(f"{SERVICES}/check", service_views.ServiceCheck.as_view(), name="service-check"),
    path(SERVICE, service_views.ServiceOne.as_view(), name="service"),
    path(f"{SERVICE}/scale", service_views.ServiceScale.as_view(), name="service-scale"),
    path(f"{SERVICE}/restart", service_views.ServiceRestart.as_view(), name="service-restart"),
    path(f"{SERVICE}/roll-back", service_views.ServiceRollBack.as_view(), name="service-roll-back"),
    path(f"{SERVICE}/pause", service_views.ServicePause.as_view(), name="service-pause"),
    path(f"{SERVICE}/resume", service_views.ServiceResume.as_view(), name="service-resume"),
    path(f"{SERVICE}/promote", service_views.ServicePromote.as_view(), name="service-promote"),
    path(f"{SERVICE}/abort", service_views.ServiceAbort.as_view(), name="service-abort"),
    path(f"{SERVICE}/remove", service_views.ServiceRemove.as_view(), name="service-remove"),
    path(f"{SERVICE}/revisions", service_views.ServiceRevisions.as_view(), name="service-revisions"),
    path(f"{SERVICE}/revisions/diff", service_views.ServiceRevisionDiff.as_view(), name="service-revision-diff"),
    path(f"{SERVICE}/rollouts", service_views.ServiceRollouts.as_view(), name="service-rollouts"),
    path(f"{SERVICE}/containers", service_views.ServiceContainers.as_view(), name="service-containers"),
    path(f"{SERVICE}/events", service_views.ServiceEvents.as_view(), name="service-events"),
    path(f"{SERVICE}/endpoints", service_views.ServiceEndpoints.as_view(), name="service-endpoints"),
    path(f"{SERVICE}/usage", service_views.ServiceUsage.as_view(), name="service-usage"),
    path("hosts/<str:name>/mark-dead", views.HostMarkDead.as_view(), name="host-mark-dead"),
    path(REGISTRIES, registry_views.Registries.as_view(), name="registries"),
    path(f"{REGISTRIES}/<int:registry_id>", registry_views.RegistryOne.as_view(), name="registry"),
    path(f"{REGISTRIES}/<int:registry_id>/test", registry_views.RegistryTest.as_view(), name="registry-test"),
]
