"""Against a server that is started for the tests: TERMDUET_URL names it."""

import os

import pandas as pd
import pytest

from termduet_client import Client, TermduetError


@pytest.fixture()
def client() -> Client:
    return Client(os.environ["TERMDUET_URL"])


def test_search_gives_the_best_concept_first(client: Client) -> None:
    results = client.search("crise cardiaque", k=3)
    assert (results[0]["cui"], results[0]["rating"], len(results)) == ("C0027051", 5, 3)


def test_filters_keep_what_they_name(client: Client) -> None:
    assert {result["lat"] for result in client.search("asthma", lat=["FRE"])} == {"FRE"}


def test_a_batch_is_answered_in_its_order_whatever_its_length(client: Client) -> None:
    queries = ["asthma", "fever"] * 120
    answers = client.batch(queries, k=1)
    assert [answer["query"] for answer in answers] == queries


def test_align_adds_columns_to_a_table_and_keeps_its_own(client: Client) -> None:
    table = client.align(pd.DataFrame({"mine": [1, 2], "term": ["crise cardiaque", "asthme"]}))
    assert list(table["mine"]) == [1, 2]
    assert list(table["name"]) == ["Myocardial infarction", "Asthma"]
    assert list(client.align(pd.Series(["asthme"]))["cui"]) == ["C0004096"]


def test_frame_is_a_table_of_results(client: Client) -> None:
    assert list(client.frame("asthma", k=2)["rank"]) == [1, 2]


def test_concepts_come_with_their_names(client: Client) -> None:
    (concept,) = client.concepts(["C0004096"])
    assert concept["cui"] == "C0004096"


def test_what_the_server_refuses_is_said_with_its_status(client: Client) -> None:
    with pytest.raises(TermduetError) as error:
        client.concept("C9999999")
    assert error.value.status == 404


def test_a_server_that_is_not_there_is_said() -> None:
    with pytest.raises(TermduetError, match="no server answers at .*termduet start"):
        Client("http://127.0.0.1:9").search("asthma")
