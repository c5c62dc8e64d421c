"""anthropic-python, the SDK of the Messages API."""

import unittest
from typing import Any

import anthropic
from anthropic import Anthropic, beta_tool
from anthropic.types import Message

from stack import (
    API_KEY,
    BREAKING,
    BROKEN,
    MEETING,
    MEETING_PROMPT,
    MODEL,
    PICTURE,
    PICTURE_ANSWER,
    URL,
    USAGE,
    WEATHER,
    WEATHER_ANSWER,
    WEATHER_IN_STEPS,
    WEATHER_SCHEMA,
    WEATHER_STEPS,
    WEATHER_TURN,
    ClientTest,
    Meeting,
    weather,
)

client = Anthropic(base_url=URL, api_key=API_KEY, max_retries=0)
stranger = Anthropic(base_url=URL, api_key="sk-wrong", max_retries=0)
TOOLS: Any = [{"name": "get_weather", "input_schema": WEATHER_SCHEMA}]
THINKING: Any = {"type": "enabled", "budget_tokens": 2000}


@beta_tool
def get_weather(location: str) -> str:
    """The weather of a place."""
    return weather(location)


def ask(content: Any) -> Any:
    return {"model": MODEL, "max_tokens": 4000, "messages": [{"role": "user", "content": content}]}


class Messages(ClientTest):
    def essence(self, message: Message) -> Any:
        """All of it, but for what is made anew for each answer."""
        told = message.model_dump(exclude={"id"})
        for block in told["content"]:
            for name in ("id", "signature", "parsed_output"):
                block.pop(name, None)
        return told

    def test_an_answer_has_text_and_usage(self) -> None:
        message = client.messages.create(**ask(f"{USAGE} Say exactly: It works."))
        self.assertEqual(
            [block.model_dump(include={"type", "text"}) for block in message.content],
            [{"type": "text", "text": "It works."}],
        )
        self.assertEqual((message.stop_reason, message.usage.output_tokens), ("end_turn", 50))
        self.assertEqual((message.usage.input_tokens, message.usage.cache_read_input_tokens), (200, 800))

    def test_the_stream_helper_ends_with_what_the_plain_answer_says(self) -> None:
        for prompt in [
            "Say exactly: It works.",
            "[[sim: refusal]] Do something bad.",
            f"[[sim: interleaved]] {WEATHER}",
        ]:
            with self.subTest(prompt):
                question = {
                    **ask(f"{USAGE} [[sim: reasoning parts=2]] {prompt}"),
                    "thinking": THINKING,
                    "tools": TOOLS,
                }
                plain = client.messages.create(**question)
                with client.messages.stream(**question) as stream:
                    text = "".join(stream.text_stream)
                    final = stream.get_final_message()
                self.assertEqual(self.essence(final), self.essence(plain))
                self.assertEqual(text, "".join(block.text for block in plain.content if block.type == "text"))

    def test_the_tool_runner_ends_with_both_results(self) -> None:
        runner = client.beta.messages.tool_runner(**ask(WEATHER_IN_STEPS), tools=[get_weather])
        last = runner.until_done()
        self.assertEqual([block.type for block in last.content], ["text"])
        self.assertEqual(last.content[0].text, WEATHER_ANSWER)
        self.assert_turns(WEATHER_STEPS)

    def test_thinking_comes_back_to_the_backend_as_the_reasoning_it_stands_for(self) -> None:
        question = {**ask(f"[[sim: reasoning parts=2]] {WEATHER}"), "thinking": THINKING, "tools": TOOLS}
        with client.messages.stream(**question) as stream:
            first = stream.get_final_message()
        results = [
            {"type": "tool_result", "tool_use_id": block.id, "content": weather(**block.input)}
            for block in first.content
            if block.type == "tool_use"
        ]
        replayed = [{"role": "assistant", "content": first.content}, {"role": "user", "content": results}]
        second = client.messages.create(**{**question, "messages": [*question["messages"], *replayed]})
        self.assertEqual(second.content[-1].text, WEATHER_ANSWER)
        self.assert_turns([WEATHER_TURN])
        self.assertEqual(len(self.turns()[0][0]["summary"]), 2)

    def test_parse_gives_what_the_class_describes(self) -> None:
        message = client.messages.parse(**ask(MEETING_PROMPT), output_format=Meeting)
        self.assertEqual(message.parsed_output, MEETING)

    def test_a_picture_arrives_whole(self) -> None:
        source = {"type": "base64", "media_type": "image/png", "data": PICTURE}
        content = [{"type": "image", "source": source}, {"type": "text", "text": "What do you see?"}]
        self.assertEqual(client.messages.create(**ask(content)).content[0].text, PICTURE_ANSWER)

    def test_tokens_are_counted(self) -> None:
        count = client.messages.count_tokens(model=MODEL, messages=ask("My colour is teal.")["messages"])
        self.assertGreater(count.input_tokens, 5)

    def test_a_wrong_key_and_a_broken_answer_are_errors(self) -> None:
        with self.assertRaises(anthropic.AuthenticationError):
            stranger.messages.create(**ask("Hi"))
        self.assertEqual(self.upstream(), [])
        with self.assertRaisesRegex(anthropic.InternalServerError, BREAKING):
            client.messages.create(**ask(BROKEN))
        with self.assertRaisesRegex(anthropic.APIError, BREAKING):
            with client.messages.stream(**ask(BROKEN)) as stream:
                stream.get_final_message()


class Models(ClientTest):
    def test_the_list_and_one_model(self) -> None:
        self.assertIn(MODEL, [model.id for model in client.models.list()])
        self.assertEqual(client.models.retrieve(MODEL).id, MODEL)


if __name__ == "__main__":
    unittest.main()
