"""Planted bugs of where replicas go."""

from tests.planted.bug import Bug

PLACING = (
    Bug(
        "place a family as if nothing of theirs stood there",
        "scheduler/placement/families.py",
        " or fleet.company.get(own):",
        ":",
        "tests/placement/test_families.py::test_one_of_whose_containers_some_stand_there_is_placed_by_itself",
    ),
    Bug(
        "take the places in a family as they come",
        "scheduler/placement/families.py",
        "            if rows[number] in hosts:\n",
        "            if not number:\n",
        "tests/placement/test_families.py::test_a_crowd_of_services_is_looked_at_once_and_shares_what_was_seen",
    ),
    Bug(
        "let replicas go where there is room",
        "scheduler/placement/policy.py",
        'policy("spread", {"spread": 1, "fewest": APART, "image": 1})',
        'policy("spread", {"spread": 1, "image": 1})',
        "tests/placement/test_apart.py::test_those_that_stand_there_count",
    ),
    Bug(
        "count what is to be replaced",
        "scheduler/snapshot.py",
        "        fleet.leaving = read_leaving(at, kin)\n",
        "",
        "tests/scheduler/test_placement_pass.py::test_a_successor_may_follow_on_the_same_host",
    ),
    Bug(
        "bring back what a host lost in the order of chance",
        "scheduler/controllers/hosthealth.py",
        '" ORDER BY c.priority DESC, c.service_id, c.slot_id, c.id"',
        '" ORDER BY c.id"',
        "tests/controllers/test_hosthealth.py::test_what_is_lost_comes_back_in_an_order_that_a_plan_knows",
    ),
    Bug(
        "never search what was set aside",
        "scheduler/threads.py",
        "        gc.unfreeze()\n",
        "",
        "tests/scheduler/test_threads.py::test_what_was_kept_away_is_found_by_the_next_search",
    ),
)
