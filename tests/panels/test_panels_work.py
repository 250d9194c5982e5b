"""What is kept, and work that is not done yet."""

import threading

import pytest

from gpnb.panels.work import Job, Kept


def test_what_is_made_once_is_kept():
    kept, made = Kept(), []
    assert [kept.once("a", lambda: made.append(1) or len(made)) for _ in range(3)] == [1, 1, 1]
    assert kept.knows("a")
    assert not kept.knows("b")
    assert kept.put("a", 7) == 7
    assert kept.once("a", lambda: 0) == 7


def test_none_is_kept_too():
    kept, made = Kept(), []
    for _ in range(2):
        assert kept.once("a", lambda: made.append(1)) is None
    assert len(made) == 1


def test_what_was_not_asked_for_longest_is_forgotten():
    kept = Kept(most=2)
    for key in ("a", "b", "a", "c"):
        kept.once(key, lambda key=key: key)
    assert [kept.knows(key) for key in "abc"] == [True, False, True]


def test_what_failed_is_not_kept():
    kept = Kept()
    with pytest.raises(ZeroDivisionError):
        kept.once("a", lambda: 1 / 0)
    assert not kept.knows("a")


def test_what_is_made_may_ask_for_more():
    kept = Kept()
    assert kept.once("a", lambda: kept.once("b", lambda: 1) + 1) == 2


def test_threads_get_the_same_thing():
    kept, start, found = Kept(), threading.Barrier(8), []

    def ask():
        start.wait()
        found.append(kept.once("a", object))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1


def test_threads_that_keep_different_things_lose_none_beyond_the_most():
    kept = Kept(most=50)

    def fill(name):
        for number in range(500):
            assert kept.once((name, number), lambda number=number: number) == number

    threads = [threading.Thread(target=fill, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(kept.knows((name, number)) for name in range(6) for number in range(500)) == 50


def test_a_job_lets_nothing_wait_by_default():
    job = Job("Fitting", lambda **_: "", "key")
    assert job.waits == ()
    assert job.follows == {}
