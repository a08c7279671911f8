from m2m_desktop.core.records import TermLevel
from m2m_desktop.ui.dictionary.protocol import Target
from m2m_desktop.ui.dictionary.query import Query
from m2m_desktop.ui.dictionary.travels import LIMIT, Stop, Travels


def stop(text: str, code: str, *, is_passing: bool = False) -> Stop:
    return Stop(Query(text), Target(TermLevel.PT, code), is_passing)


def walked(*stops: Stop) -> Travels:
    travels = Travels()
    for one in stops:
        travels.visit(one)
    return travels


def way_back(travels: Travels) -> list[str]:
    """Where the page is, and every stop before it."""
    found = [travels.now] if travels.now else []
    while (before := travels.back()) is not None:
        found.append(before)
    return [f"{one.query.text}:{one.target.code}" for one in found]


def test_terms_and_queries_are_gone_back_through():
    travels = walked(stop("皮疹", "1"), stop("皮疹", "2"), stop("恶心", "3"))
    assert travels.back() == stop("皮疹", "2")
    assert travels.back() == stop("皮疹", "1")
    assert travels.back() is None
    assert travels.forward() == stop("皮疹", "2")


def test_a_term_that_was_only_passed_gives_way():
    travels = walked(
        stop("疹", "1", is_passing=True), stop("疹", "2", is_passing=True), stop("疹", "3")
    )
    assert way_back(travels) == ["疹:3"]


def test_typing_on_leaves_one_stop_behind_and_another_search_a_new_one():
    typed = (stop(text, text, is_passing=True) for text in ("皮", "皮疹", "皮", "皮肤"))
    travels = walked(*typed, stop("恶心", "9", is_passing=True))
    assert way_back(travels) == ["恶心:9", "皮肤:皮肤"]


def test_emptying_the_line_does_not_lose_the_search():
    travels = walked(stop("皮疹", "1", is_passing=True), stop("", "5"))
    assert way_back(travels) == [":5", "皮疹:1"]


def test_what_was_entered_stays_even_if_the_arrows_go_over_it_again():
    travels = walked(stop("疹", "1"), stop("疹", "1", is_passing=True), stop("疹", "2"))
    assert way_back(travels) == ["疹:2", "疹:1"]


def test_a_new_way_forgets_what_lay_ahead():
    travels = walked(stop("a", "1"), stop("b", "2"), stop("c", "3"))
    travels.back()
    travels.back()
    travels.visit(stop("d", "4"))
    assert not travels.can_go_forward
    assert way_back(travels) == ["d:4", "a:1"]


def test_only_so_many_stops_are_kept():
    travels = walked(*(stop(str(n), str(n)) for n in range(LIMIT + 5)))
    assert len(way_back(travels)) == LIMIT
