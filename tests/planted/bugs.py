"""The list: what is broken, where, and which test says so. A text that is no longer there is an error of the list."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bug:
    """Replace `old` by `new` in `file`; `test` must then fail."""

    name: str
    file: str
    old: str
    new: str
    test: str


BUGS = (
    Bug(
        "drop the FOR SHARE of the hold",
        "core/lib/lease.py",
        "WHERE {self.key_column} = %s FOR SHARE",
        "WHERE {self.key_column} = %s",
        "tests/transitions/test_moves.py::test_a_take_over_waits_for_a_write_that_has_begun",
    ),
    Bug(
        "drop the booking's CHECK",
        "hosts/migrations/0001_initial.py",
        '("cpu_millis_reserved__gte", 0), ("cpu_millis_reserved__lte", models.F("cpu_millis_allocatable"))',
        '("cpu_millis_reserved__gte", 0)',
        "tests/transitions/test_booking.py::test_a_script_cannot_overcommit",
    ),
    Bug(
        "drop the unique index of slots",
        "containers/migrations/0001_initial.py",
        'fields=("slot_id", "is_successor"),',
        'fields=("slot_id", "is_successor", "attempt"),',
        "tests/transitions/test_slots.py::test_a_slot_has_one_occupant",
    ),
    Bug(
        "restart policy always on the engine",
        "containers/compile.py",
        '"RestartPolicy": {"Name": "no"}',
        '"RestartPolicy": {"Name": "always"}',
        "tests/agent/test_steps.py::test_a_bound_one_comes_up_with_its_image_pinned",
    ),
    Bug(
        "skip adoption",
        "containers/agent/apply.py",
        "    except NameTaken:\n        there =",
        "    except NameTaken:\n        raise\n        there =",
        "tests/agent/test_steps.py::test_what_was_created_before_a_kill_is_adopted_not_made_again",
    ),
    Bug(
        "NOTIFY without the poll: the scheduler's loops",
        "core/lib/loop.py",
        "self._wake.wait(self.interval_s)",
        "self._wake.wait()",
        "tests/whole/test_deaf.py::test_a_container_runs_though_no_hint_arrives",
    ),
    Bug(
        "NOTIFY without the poll: the agent's compare",
        "containers/agent/worker.py",
        "self._wake.wait(max(0.0, self._compare_at_s - monotonic_s()))",
        "self._wake.wait()",
        "tests/whole/test_deaf.py::test_a_container_runs_though_no_hint_arrives",
    ),
    Bug(
        "go on with an engine that is another host's",
        "containers/agent/worker.py",
        "while self._introduced.is_set() and not self._stopping.is_set():\n            self._wake",
        "while not self._stopping.is_set():\n            self._wake",
        "tests/agent/test_worker.py::test_on_another_hosts_engine_nothing_is_done_until_it_is_ours_again",
    ),
    Bug(
        "believe an empty list",
        "containers/agent/worker.py",
        "or lacks_most(rows.values(), facts)",
        "or False",
        "tests/agent/test_worker.py"
        "::test_a_list_without_our_containers_is_not_believed_before_the_engine_says_who_it_is",
    ),
    Bug(
        "take our own end of a client for the engine's word",
        "hosts/engine/errors.py",
        "Deadline, Closed)",
        "Deadline)",
        "tests/agent/test_steps.py::test_a_call_that_we_cut_off_ourselves_ends_nothing",
    ),
    Bug(
        "open a host's door again for a label",
        "containers/agent/share.py",
        "h.url || ' ' || coalesce(md5(h.tls_sealed), '')",
        "h.generation::text",
        "tests/agent/test_share.py::test_only_what_opens_the_door_opens_it_again",
    ),
    Bug(
        "release a lost row's reservation at once",
        "containers/migrations/0002_rules.py",
        " OR (status = 'lost' AND gone_at IS NULL)",
        "",
        "tests/transitions/test_booking.py::test_room_is_held_until_the_end_and_by_a_lost_one_until_it_is_gone",
    ),
    Bug(
        "run another project's image because it is there",
        "containers/agent/images.py",
        "if errand.guarded and not errand.shown_before(image):",
        "if False:",
        "tests/agent/test_private_images.py::test_nor_when_the_registry_cannot_be_asked",
    ),
    Bug(
        "take a digest for a proof",
        "containers/agent/images.py",
        "if named and not errand.guarded:",
        "if named:",
        "tests/agent/test_private_images.py::test_an_image_that_is_here_is_not_another_projects",
    ),
    Bug(
        "share what a registry said to credentials",
        "containers/agent/images.py",
        "self._resolved.put((errand.asker, errand.ref), ",
        "self._resolved.put((None, errand.ref), ",
        "tests/agent/test_private_images.py::test_an_image_that_is_here_is_not_another_projects",
    ),
    Bug(
        "let an engine's words repeat a password",
        "hosts/engine/docker/faults.py",
        'words = words.replace(secret, "***")',
        "pass",
        "tests/engine/test_logins.py::test_a_registry_that_repeats_the_password_is_not_repeated",
    ),
    Bug(
        "open sealed credentials for any host",
        "containers/registries.py",
        "if (host, username) != (row.host, row.username):",
        "if False:",
        "tests/api/test_registries.py::test_sealed_text_opens_for_its_own_host_and_user_alone",
    ),
)
