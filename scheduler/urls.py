"""The routes of the scheduler under /api/v1/."""

from django.urls import path

from scheduler import policy_views, views

urlpatterns = [
    path(
        "projects/<slug:project>/containers/<uuid:container>/decision",
        views.ContainerDecision.as_view(),
        name="container-decision",
    ),
    path(
        "projects/<slug:project>/services/<uuid:service>/decisions",
        views.ServiceDecisions.as_view(),
        name="service-decisions",
    ),
    path("hosts/<str:name>/drain", views.HostDrain.as_view(), name="host-drain"),
    path("platform", views.Platform.as_view(), name="platform"),
    path("brakes", views.Brakes.as_view(), name="brakes"),
    path("brakes/<int:brake>/release", views.BrakeRelease.as_view(), name="brake-release"),
    path("policies", policy_views.PolicyList.as_view(), name="policies"),
    path("policies/<slug:policy>", policy_views.PolicyOne.as_view(), name="policy"),
    path("projects/<slug:project>/placement-policy", policy_views.ProjectPolicy.as_view(), name="project-policy"),
    path("loops", views.Loops.as_view(), name="loops"),
    path("loops/<str:name>", views.LoopRuns.as_view(), name="loop"),
]
