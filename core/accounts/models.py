"""The rows of accounts: people, projects and their members, tokens, links, and the memory of keyed requests.

Before: actions.py, authentication.py and first_admin.py write them. After: permissions.py reads them on every request.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from core.accounts.roles import Role

DEFAULT_PROJECT = "default"
PROJECT_NAME = r"[a-z0-9][a-z0-9-]{0,62}"
MEMBER_ROLES = [(role.value, role.value) for role in (Role.VIEWER, Role.OPERATOR, Role.OWNER)]
TOKEN_ROLES = [(role.value, role.value) for role in Role]


@dataclass(frozen=True, slots=True)
class Grant:
    """What the token of this request allows at most; `project_id` None means every project of its owner."""

    token_id: int
    role: Role
    project_id: int | None
    expires_at: datetime | None


class User(AbstractUser):
    """A person. `grant` is set for the length of one request that came with a token, and is no column."""

    grant: Grant | None = None


class Project(models.Model):
    """A tenant. `policy` says what its containers may ask of an engine beyond the default."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(
        max_length=63,
        unique=True,
        validators=[RegexValidator(rf"^{PROJECT_NAME}\Z", "lower-case letters, digits and dashes, at most 63")],
    )
    policy = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's role in one project."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="memberships")
    project = models.ForeignKey("accounts.Project", models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=MEMBER_ROLES)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "project"], name="one_role_per_member"),
            models.CheckConstraint(
                condition=Q(role__in=[value for value, _ in MEMBER_ROLES]), name="membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.project_id}: {self.role}"


class ApiToken(models.Model):
    """A token of a program. Only its SHA-256 is kept; `prefix` is what people recognise it by."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16)
    digest = models.BinaryField(max_length=32, unique=True)
    project = models.ForeignKey("accounts.Project", models.CASCADE, null=True, blank=True)
    role = models.CharField(max_length=16, choices=TOKEN_ROLES)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API token"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.prefix}... ({self.name})"


class Cluster(models.Model):
    """Who we are: one row, whose uuid stands on everything we own at an engine."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    uuid = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_cluster")]

    def __str__(self) -> str:
        return str(self.uuid)


class OneTimeLink(models.Model):
    """A link that may be used once, before `expires_at`; only the token's SHA-256 is kept."""

    id = models.BigAutoField(primary_key=True)
    purpose = models.CharField(max_length=32)
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose} until {self.expires_at}"


class LoginThrottle(models.Model):
    """Failed logins under one key (a name at an address, or an address): no further try before `blocked_until`."""

    key = models.CharField(max_length=300, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_try_at = models.DateTimeField()
    blocked_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.key}: {self.failures}"


class IdempotencyRecord(models.Model):
    """The memory of one keyed request: written in its effect's transaction; `status` is null until it has an answer."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey("accounts.User", models.CASCADE)
    key = models.CharField(max_length=200)
    target = models.CharField(max_length=500)
    body_hash = models.CharField(max_length=64)
    status = models.SmallIntegerField(null=True)
    answer = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="one_effect_per_key"),
            models.CheckConstraint(
                condition=Q(status__isnull=True, answer__isnull=True) | Q(status__isnull=False, answer__isnull=False),
                name="answer_with_status",
            ),
        ]
        indexes = [models.Index(F("created_at"), name="idempotency_forget")]

    def __str__(self) -> str:
        return f"{self.user_id}/{self.key}"


def cluster_id() -> str:
    """Our cluster's uuid; the first caller makes it, racing callers agree on one."""
    return str(Cluster.objects.get_or_create(pk=1)[0].uuid)


def default_project() -> Project:
    """The project `default`, made when it is missing (as after a flush in a test)."""
    return Project.objects.get_or_create(name=DEFAULT_PROJECT)[0]
