"""The routes of the scheduler under /api/v1/."""

from django.urls import path

from scheduler import policy_views, views
from scheduler.balance import views as balance_views
from scheduler.plans import views as plan_views
from scheduler.whatif import views as whatif_views

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
    path("projects/<slug:project>/rebalance", balance_views.ProjectRebalancing.as_view(), name="project-rebalance"),
    path("plans", plan_views.Plans.as_view(), name="plans"),
    path("plans/<uuid:plan>", plan_views.PlanOne.as_view(), name="plan"),
    path("plans/<uuid:plan>/apply", plan_views.PlanApply.as_view(), name="plan-apply"),
    path("what-if/host-loss", whatif_views.HostLoss.as_view(), name="what-if-host-loss"),
    path("what-if/placement", whatif_views.Simulated.as_view(), name="what-if-placement"),
    path("what-if/fits", whatif_views.MoreFits.as_view(), name="what-if-fits"),
    path("what-if/hosts", whatif_views.HostsNeeded.as_view(), name="what-if-hosts"),
    path("loops", views.Loops.as_view(), name="loops"),
    path("loops/<str:name>", views.LoopRuns.as_view(), name="loop"),
]
