"""The shapes of accounts in the API; no logic.

Before: models and roles. After: views. The names of the components are those of the generated TypeScript types.
"""

from rest_framework import serializers

from core.accounts.models import MEMBER_ROLES, PROJECT_NAME, TOKEN_ROLES, ApiToken, Membership, Project
from core.api.bodies import Body


class ProjectRoleSerializer(serializers.Serializer[object]):
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=TOKEN_ROLES)


class MeSerializer(serializers.Serializer[object]):
    username = serializers.CharField()
    is_admin = serializers.BooleanField()
    projects = ProjectRoleSerializer(many=True)
    simulated = serializers.BooleanField(help_text="whether all hosts of this installation are made up")
    csrf = serializers.CharField(help_text="send it as X-CSRFToken with every unsafe request of a session")


class LoginSerializer(Body):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False, write_only=True)


class FirstAdminSerializer(LoginSerializer):
    token = serializers.CharField(max_length=200)


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    project: serializers.SlugRelatedField[Project] = serializers.SlugRelatedField(
        "name", read_only=True, allow_null=True
    )

    class Meta:
        model = ApiToken
        fields = ["id", "name", "prefix", "project", "role", "created_at", "expires_at", "last_used_at"]
        read_only_fields = fields


class TokenMadeSerializer(TokenSerializer):
    token = serializers.CharField(
        help_text="shown this once; empty when an Idempotency-Key brings the answer again", read_only=True
    )

    class Meta(TokenSerializer.Meta):
        fields = [*TokenSerializer.Meta.fields, "token"]
        read_only_fields = fields


class TokenNewSerializer(Body):
    name = serializers.CharField(max_length=100)
    role = serializers.ChoiceField(choices=TOKEN_ROLES, default="operator")
    project = serializers.CharField(max_length=63, allow_null=True, default=None)
    expires_in_days = serializers.IntegerField(min_value=1, max_value=3650, allow_null=True, default=90)


class ProjectSerializer(serializers.Serializer[object]):
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=TOKEN_ROLES)
    created_at = serializers.DateTimeField()


class ProjectNewSerializer(Body):
    name = serializers.RegexField(
        rf"^{PROJECT_NAME}\Z",
        max_length=63,
        trim_whitespace=False,
        error_messages={"invalid": "use lower-case letters, digits and dashes, at most 63, not starting with a dash"},
    )


class MemberSerializer(serializers.ModelSerializer[Membership]):
    username = serializers.CharField(source="user.username", read_only=True)

    class Meta:
        model = Membership
        fields = ["username", "role"]


class MemberRoleSerializer(Body):
    role = serializers.ChoiceField(choices=MEMBER_ROLES)
