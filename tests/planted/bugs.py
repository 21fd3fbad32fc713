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
    Bug(
        "stop serving ones beyond max_unavailable",
        "scheduler/controllers/services/draft.py",
        "return not one.serves or self.ready - 1 >= self.floor",
        "return True",
        "tests/scheduler/services/test_replace.py::test_a_serving_one_stops_only_within_the_budget",
    ),
    Bug(
        "count an unhealthy one as ready",
        "scheduler/controllers/services/draft.py",
        "ready = sum(one.serves for one in slot.rows)",
        "ready = sum(one.lives for one in slot.rows)",
        "tests/scheduler/services/test_replace.py::test_an_unhealthy_elsewhere_uses_the_budget_up",
    ),
    Bug(
        "promote before the old one is over",
        "scheduler/controllers/services/replace.py",
        "    if one.status in FINAL:\n        draft.promote",
        "    if one.leaves:\n        draft.promote",
        "tests/scheduler/services/test_replace.py::test_promoted_only_when_the_old_one_is_over",
    ),
    Bug(
        "count a failure twice",
        "scheduler/controllers/services/rollout.py",
        "if not is_of_round(draft, one) or one.id in rollout.failed_seen:",
        "if not is_of_round(draft, one):",
        "tests/scheduler/services/test_rollout.py::test_a_failure_counts_once",
    ),
    Bug(
        "forget the health window",
        "scheduler/controllers/services/draft.py",
        "return ready_s >= self.policy.health_window_s or ready_s < -CLOCK_BACK_S",
        "return True",
        "tests/scheduler/services/test_replace.py::test_the_old_one_stops_when_its_successor_is_proved",
    ),
    Bug(
        "go back to the failed revision",
        "scheduler/controllers/services/rollout.py",
        "draft.say(RollBack(back_to,",
        "draft.say(RollBack(rollout.revision_id,",
        "tests/scheduler/services/test_rollout.py::test_at_the_threshold_the_revision_before_is_wanted_again",
    ),
    Bug(
        "scale down ready ones first",
        "scheduler/controllers/services/replicas.py",
        "return (serves, stays,",
        "return (not serves, stays,",
        "tests/scheduler/services/test_replicas.py::test_scale_down_takes_what_serves_least_then_outdated_then_the_highest",
    ),
    Bug(
        "grow beyond the surge while others still end",
        "scheduler/controllers/services/draft.py",
        "return slots + self.beside + 1 <=",
        "return slots + 1 <=",
        "tests/scheduler/services/test_replicas.py::test_the_total_never_grows_beyond_the_surge_while_others_still_end",
    ),
    Bug(
        "go on behind the canary",
        "scheduler/controllers/services/replace.py",
        'if cause == "outdated" and left == 0:',
        "if False:",
        "tests/scheduler/services/test_rollout.py::test_the_canary_does_not_begin_a_second_batch",
    ),
    Bug(
        "keep the successor of a drain that was cancelled",
        "scheduler/controllers/services/replace.py",
        "if cause_of(draft, one) is None and not draft.is_proved(new):",
        "if False:",
        "tests/scheduler/services/test_replace.py::test_successors_that_are_given_up",
    ),
    Bug(
        "call waiting for room a failure",
        "scheduler/controllers/services/draft.py",
        "if one.status == Status.PENDING or not one.lives or",
        "if not one.lives or",
        "tests/scheduler/services/test_rollout.py::test_what_counts_as_a_failure",
    ),
    Bug(
        "say done before the last one is proved",
        "scheduler/controllers/services/rollout.py",
        "return draft.is_proved(one) or draft.ended_well(one)",
        "return one.serves or draft.ended_well(one)",
        "tests/scheduler/services/test_rollout.py::test_done_only_when_every_slot_is_current_alone_and_proved",
    ),
    Bug(
        "replace outdated ones though the service is paused",
        "scheduler/controllers/services/draft.py",
        'self.rollout.status == "running" and not self.seen.paused',
        'self.rollout.status == "running"',
        "tests/scheduler/services/test_replace.py::test_outdated_ones_rest_while_the_service_is_paused",
    ),
    Bug(
        "start a second one of a strict service beside a silent host",
        "scheduler/controllers/services/replace.py",
        "if not one.host_ok and (draft.seen.strict or draft.seen.exclusive):",
        "if not one.host_ok and draft.seen.exclusive:",
        "tests/scheduler/services/test_replace.py::test_beside_a_silent_host_only_where_two_may_be",
    ),
    Bug(
        "restart what the restarts bring back already",
        "scheduler/controllers/services/replace.py",
        "    if not (one.leaves or one.replace_asked or lost):\n        return False",
        "    if False:\n        return False",
        "tests/scheduler/services/test_replace.py::test_the_restarts_bring_back_what_crashed",
    ),
    Bug(
        "forget the back-off of failed successors",
        "scheduler/controllers/services/draft.py",
        "wait_s = limit_s(crashes([_as_ended(one, self.now) for one in same])) * self.jitter",
        "wait_s = limit_s(crashes([])) * self.jitter",
        "tests/scheduler/services/test_replace.py::test_a_failed_successor_is_followed_with_back_off",
    ),
    Bug(
        "let more be stopped while those before have not ended yet",
        "scheduler/brakes.py",
        "    return Count(holding, stopped)",
        "    return Count(holding + stopped, stopped)",
        "tests/scheduler/test_brakes.py::test_of_one_host_few_are_stopped_whether_they_have_ended_or_not",
    ),
    Bug(
        "forget a braked service until something of it changes",
        "scheduler/controllers/services/loop.py",
        "again_s = min(HELD_BACK_S, HELD_BACK_S if again_s is None else again_s)",
        "again_s = 60.0",
        "tests/scheduler/test_brakes.py::test_a_service_that_falls_ill_at_once_is_replaced_only_so_far",
    ),
    Bug(
        "place on a flapping host as soon as it answers",
        "scheduler/fleet.py",
        '("marker", "disk", "keys", FLAPPING)',
        '("marker", "disk", "keys")',
        "tests/controllers/test_flapping.py::test_after_more_it_must_be_steady_first",
    ),
    Bug(
        "uncordon does not forgive the losses before it",
        "scheduler/controllers/flapping.py",
        "kind = %(lifted)s",
        "kind = 'never' AND %(lifted)s <> ''",
        "tests/controllers/test_flapping.py::test_uncordon_lifts_it_and_forgives_what_was_before",
    ),
    Bug(
        "restart crash loops as fast as first crashes",
        "scheduler/controllers/restarts.py",
        "return (CRASHED, AGAIN_AND_AGAIN) if",
        "return (CRASHED,) if",
        "tests/controllers/test_restarts_plan.py::test_what_crashes_again_and_again_leaves_room_for_the_others",
    ),
    Bug(
        "a registry's turn is never given back",
        "containers/agent/pace.py",
        "            if mine:\n                gate.release()",
        "            if not mine:\n                return",
        "tests/agent/test_pace.py::test_who_has_waited_long_goes_through_and_leaves_no_gap",
    ),
)
