"""Bugs of binding in one statement: each takes away something that the statement or the database asks by itself."""

from tests.planted.bug import Bug

BINDING = (
    Bug(
        "bind at once what nobody wants any more",
        "containers/transitions/at_once.py",
        "c.status = '{Status.PENDING}' AND c.desired = '{Desired.RUN}' AND",
        "c.status = '{Status.PENDING}' AND",
        "tests/transitions/test_booking.py::test_what_is_wanted_no_more_is_not_bound_with_the_others",
    ),
    Bug(
        "bind at once on a host that takes no work",
        "containers/transitions/at_once.py",
        "availability = '{Availability.ACTIVE}'",
        "availability <> ''",
        "tests/transitions/test_booking.py::test_a_host_that_takes_no_work_gets_none",
    ),
    Bug(
        "bind at once with a lease that is lost",
        "containers/transitions/at_once.py",
        "            hold.judge(cursor.fetchone())\n",
        "            cursor.fetchone()\n",
        "tests/transitions/test_booking.py::test_with_a_lease_that_is_lost_nothing_is_bound",
    ),
    Bug(
        "bind to a host that is not there",
        "containers/migrations/0015_bound_at_once.py",
        "IF NOT hosts <@ coalesce(there, '{}') THEN",
        "IF false THEN",
        "tests/transitions/test_booking.py::test_a_container_is_on_a_host_that_is_there_and_that_stays",
    ),
    Bug(
        "let a host go that has containers",
        "containers/migrations/0015_bound_at_once.py",
        "WHERE host_id = OLD.id",
        "WHERE host_id = -OLD.id",
        "tests/transitions/test_booking.py::test_a_container_is_on_a_host_that_is_there_and_that_stays",
    ),
    Bug(
        "look at a host without keeping it from going",
        "containers/migrations/0015_bound_at_once.py",
        "ORDER BY id FOR KEY SHARE",
        "ORDER BY id",
        "tests/transitions/test_booking.py::test_a_host_cannot_go_while_a_container_comes",
    ),
    Bug(
        "believe the version that a statement tells",
        "containers/migrations/0015_bound_at_once.py",
        "NEW.version IS DISTINCT FROM OLD.version + 1 OR",
        "NEW.version = OLD.version OR",
        "tests/transitions/test_booking.py::test_a_binding_is_one_version_and_a_wrong_one_is_put_right",
    ),
)
