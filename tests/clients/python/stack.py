"""The started stack as the Python clients see it, and the questions that its simulated model can answer."""

import json
import os
import unittest
from itertools import pairwise
from typing import Any
from urllib.request import Request, urlopen

from pydantic import BaseModel

URL = os.environ["GATEWAY_URL"]
API_KEY = os.environ["GATEWAY_API_KEY"]
SIMULATOR = os.environ["SIMULATOR_URL"]
MODEL = "gpt-5.5"

Json = dict[str, Any]

USAGE = "[[sim: usage input=1000 cached=800 output=50 reasoning=20]]"
BROKEN = "[[sim: cut after=8]] Say exactly: It works, but not to the end."
BREAKING = "The upstream broke off its answer."
COLOUR = "What is my colour? Answer with one word."

WEATHER = "What is the weather in Paris and London?"
WEATHER_IN_STEPS = (
    '[[sim: sequential]] [[sim: call get_weather {"location":"Paris"}]]'
    ' [[sim: call get_weather {"location":"London"}]] Go.'
)
WEATHER_ANSWER = (
    "The tool get_weather returned: 7 degrees in Paris\nThe tool get_weather returned: 7 degrees in London"
)
WEATHER_SCHEMA: Json = {
    "type": "object",
    "properties": {"location": {"type": "string"}},
    "required": ["location"],
    "additionalProperties": False,
}


def weather(location: str) -> str:
    return f"7 degrees in {location}"


def called(location: str) -> Json:
    return {"type": "function_call", "name": "get_weather", "arguments": {"location": location}}


def answered(location: str) -> Json:
    return {"type": "function_call_output", "output": weather(location)}


WEATHER_TURN = [called("Paris"), called("London"), answered("Paris"), answered("London")]
WEATHER_STEPS = [[called(place), answered(place)] for place in ("Paris", "London")]


class Meeting(BaseModel):
    name: str
    date: str
    places: list[str]


MEETING_PROMPT = "Alice plans something on 2026-11-21 in Paris."
MEETING = Meeting(name="Alice", date="2026-11-21", places=["Paris"])

PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEElEQVR4nGP4z8AAQQxwFgBB0gX7h/C5SAAAAABJRU5ErkJggg=="
)
PICTURE_ANSWER = "I can see an image: PNG of 3 by 2 pixels."


def control(path: str, *, post: bool = False) -> Any:
    with urlopen(Request(f"{SIMULATOR}/control/{path}", method="POST" if post else "GET")) as answer:
        return json.loads(answer.read() or "null")


class ClientTest(unittest.TestCase):
    """A test that begins with an empty journal of the simulator."""

    maxDiff = None

    def setUp(self) -> None:
        control("reset", post=True)

    def upstream(self) -> list[Json]:
        """The bodies that reached the backend; it refused none and found nothing that must never happen."""
        journal = control("journal")
        self.assertEqual(journal["violations"], [])
        asked = [request for request in journal["requests"] if request["endpoint"] == "responses"]
        self.assertEqual([request["status"] for request in asked], [200] * len(asked))
        return [request["body"] for request in asked]

    def turns(self) -> list[list[Json]]:
        """What each request had on top of the input of the one before it; all else in them was the same."""
        bodies = self.upstream()
        added = []
        for before, body in pairwise(bodies):
            length = len(before["input"])
            self.assertEqual({**body, "input": body["input"][:length]}, before)
            added.append(body["input"][length:])
        return added

    def assert_turns(self, expected: list[list[Json]]) -> None:
        """Each turn has what was expected, after the sealed reasoning that led to it."""
        turns = self.turns()
        self.assertEqual([turn[0]["type"] for turn in turns], ["reasoning"] * len(expected))
        self.assertTrue(all(turn[0]["encrypted_content"] for turn in turns))
        self.assertEqual([[essence(item) for item in turn[1:]] for turn in turns], expected)


def essence(item: Json) -> Json:
    """A call without its id, its arguments as what they say: some clients write them anew."""
    bare = {name: value for name, value in item.items() if name != "call_id"}
    return {**bare, "arguments": json.loads(bare["arguments"])} if "arguments" in bare else bare
