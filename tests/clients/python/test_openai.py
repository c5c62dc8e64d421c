"""openai-python, the two APIs of the OpenAI SDK, plain and asynchronous."""

import asyncio
import json
import unittest
from typing import Any

import openai
from openai import AsyncOpenAI, OpenAI
from openai.types.chat import ChatCompletion
from openai.types.responses import Response

from stack import (
    API_KEY,
    BREAKING,
    BROKEN,
    COLOUR,
    MEETING,
    MEETING_PROMPT,
    MODEL,
    PICTURE,
    PICTURE_ANSWER,
    URL,
    USAGE,
    WEATHER,
    WEATHER_ANSWER,
    WEATHER_SCHEMA,
    WEATHER_TURN,
    ClientTest,
    Meeting,
    weather,
)

client = OpenAI(base_url=f"{URL}/v1", api_key=API_KEY, max_retries=0)
stranger = OpenAI(base_url=f"{URL}/v1", api_key="sk-wrong", max_retries=0)
FUNCTION: Any = {"name": "get_weather", "parameters": WEATHER_SCHEMA, "strict": True}
CHAT_TOOLS: Any = [{"type": "function", "function": FUNCTION}]
TOOLS: Any = [{"type": "function", **FUNCTION}]
PROMPTS = ["Say exactly: It works.", "[[sim: refusal]] Do something bad.", f"[[sim: interleaved]] {WEATHER}"]


def said(content: Any) -> Any:
    return [{"role": "user", "content": content}]


class ChatCompletions(ClientTest):
    def essence(self, completion: ChatCompletion) -> Any:
        """All of it, but for what is made anew for each answer and what a stream of chunks cannot tell."""
        told = completion.model_dump(exclude={"id", "created", "service_tier"}, exclude_none=True)
        for choice in told["choices"]:
            choice["message"].pop("reasoning_content", None)
            for call in choice["message"].get("tool_calls") or []:
                call.pop("id")
                call.pop("index", None)
        return told

    def test_an_answer_has_text_and_usage(self) -> None:
        completion = client.chat.completions.create(
            model=MODEL, messages=said(f"{USAGE} Say exactly: It works.")
        )
        self.assertEqual(completion.choices[0].message.content, "It works.")
        self.assertEqual(completion.choices[0].finish_reason, "stop")
        assert completion.usage and completion.usage.prompt_tokens_details
        self.assertEqual(completion.usage.total_tokens, 1050)
        self.assertEqual(completion.usage.prompt_tokens_details.cached_tokens, 800)

    def test_the_stream_helper_ends_with_what_the_plain_answer_says(self) -> None:
        for prompt in PROMPTS:
            with self.subTest(prompt):
                question: Any = {"model": MODEL, "messages": said(f"{USAGE} {prompt}"), "tools": CHAT_TOOLS}
                plain = client.chat.completions.parse(**question)
                with client.chat.completions.stream(
                    **question, stream_options={"include_usage": True}
                ) as stream:
                    for _ in stream:
                        pass
                self.assertEqual(self.essence(stream.get_final_completion()), self.essence(plain))

    def test_a_tool_loop_ends_with_a_text_that_quotes_both_results(self) -> None:
        messages = said(WEATHER)
        first = client.chat.completions.create(model=MODEL, messages=messages, tools=CHAT_TOOLS)
        message = first.choices[0].message
        messages.append(message)
        for call in message.tool_calls or []:
            assert call.type == "function"
            result = weather(**json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
        second = client.chat.completions.create(model=MODEL, messages=messages, tools=CHAT_TOOLS)
        self.assertEqual(second.choices[0].message.content, WEATHER_ANSWER)
        self.assert_turns([WEATHER_TURN])

    def test_parse_gives_what_the_class_describes(self) -> None:
        completion = client.chat.completions.parse(
            model=MODEL, messages=said(MEETING_PROMPT), response_format=Meeting
        )
        self.assertEqual(completion.choices[0].message.parsed, MEETING)

    def test_a_picture_arrives_whole(self) -> None:
        url = {"url": f"data:image/png;base64,{PICTURE}"}
        content = [{"type": "text", "text": "What do you see?"}, {"type": "image_url", "image_url": url}]
        completion = client.chat.completions.create(model=MODEL, messages=said(content))
        self.assertEqual(completion.choices[0].message.content, PICTURE_ANSWER)

    def test_a_wrong_key_and_a_broken_answer_are_errors(self) -> None:
        question: Any = {"model": MODEL, "messages": said(BROKEN)}
        with self.assertRaises(openai.AuthenticationError):
            stranger.chat.completions.create(**question)
        self.assertEqual(self.upstream(), [])
        with self.assertRaisesRegex(openai.InternalServerError, BREAKING):
            client.chat.completions.create(**question)
        with self.assertRaisesRegex(openai.APIError, BREAKING):
            for _ in client.chat.completions.create(**question, stream=True):
                pass


class Responses(ClientTest):
    def essence(self, response: Response) -> Any:
        anew = {"id", "created_at", "completed_at", "encrypted_content", "call_id"}

        def without(value: Any) -> Any:
            if isinstance(value, list):
                return [without(each) for each in value]
            if not isinstance(value, dict):
                return value
            return {name: without(each) for name, each in value.items() if name not in anew}

        return without(response.model_dump())

    def test_an_answer_has_text_and_usage(self) -> None:
        response = client.responses.create(model=MODEL, input=f"{USAGE} Say exactly: It works.")
        self.assertEqual((response.status, response.output_text), ("completed", "It works."))
        assert response.usage
        self.assertEqual(response.usage.total_tokens, 1050)
        self.assertEqual(response.usage.input_tokens_details.cached_tokens, 800)

    def test_the_stream_helper_ends_with_what_the_plain_answer_says(self) -> None:
        for prompt in [*PROMPTS, "[[sim: commentary]] Say exactly: It works.", "[[sim: long_ids]] Hi"]:
            with self.subTest(prompt):
                question: Any = {
                    "model": MODEL,
                    "input": f"{USAGE} [[sim: reasoning parts=2]] {prompt}",
                    "reasoning": {"summary": "auto"},
                    "tools": TOOLS,
                }
                plain = client.responses.parse(**question)
                with client.responses.stream(**question) as stream:
                    for _ in stream:
                        pass
                self.assertEqual(self.essence(stream.get_final_response()), self.essence(plain))

    def outputs(self, response: Response) -> Any:
        return [
            {
                "type": "function_call_output",
                "call_id": item.call_id,
                "output": weather(**json.loads(item.arguments)),
            }
            for item in response.output
            if item.type == "function_call"
        ]

    def test_a_tool_loop_that_replays_all_items_ends_with_both_results(self) -> None:
        question = said(WEATHER)
        first = client.responses.create(model=MODEL, input=question, tools=TOOLS)
        replayed: Any = [*question, *first.output, *self.outputs(first)]
        second = client.responses.create(model=MODEL, input=replayed, tools=TOOLS)
        self.assertEqual(second.output_text, WEATHER_ANSWER)
        self.assert_turns([WEATHER_TURN])

    def test_a_tool_loop_that_names_the_previous_response_sends_the_results_alone(self) -> None:
        first = client.responses.create(model=MODEL, input=WEATHER, tools=TOOLS)
        second = client.responses.create(
            model=MODEL, input=self.outputs(first), previous_response_id=first.id, tools=TOOLS
        )
        self.assertEqual(second.output_text, WEATHER_ANSWER)
        self.assert_turns([WEATHER_TURN])

    def test_parse_gives_what_the_class_describes(self) -> None:
        response = client.responses.parse(model=MODEL, input=MEETING_PROMPT, text_format=Meeting)
        self.assertEqual(response.output_parsed, MEETING)

    def test_tokens_are_counted_and_a_conversation_is_compacted(self) -> None:
        question = said("My colour is teal.")
        self.assertGreater(client.responses.input_tokens.count(model=MODEL, input=question).input_tokens, 5)
        compacted = client.responses.compact(model=MODEL, input=question)
        self.assertEqual([item.type for item in compacted.output], ["message", "compaction"])
        following: Any = [*compacted.output, *said(COLOUR)]
        self.assertEqual(client.responses.create(model=MODEL, input=following).output_text, "teal")

    def test_a_wrong_key_and_a_broken_answer_are_errors(self) -> None:
        with self.assertRaises(openai.AuthenticationError):
            stranger.responses.create(model=MODEL, input="Hi")
        self.assertEqual(self.upstream(), [])
        with self.assertRaisesRegex(openai.InternalServerError, BREAKING):
            client.responses.create(model=MODEL, input=BROKEN)
        with self.assertRaisesRegex(openai.APIError, BREAKING):
            with client.responses.stream(model=MODEL, input=BROKEN) as stream:
                stream.get_final_response()


class Models(ClientTest):
    def test_the_list_and_one_model(self) -> None:
        ids = [model.id for model in client.models.list()]
        self.assertIn(MODEL, ids)
        self.assertEqual(client.models.retrieve(MODEL).id, MODEL)


class Asynchronous(ClientTest):
    def test_both_apis_stream(self) -> None:
        question = "Say exactly: It works."

        async def ask() -> tuple[str, str | None]:
            async with AsyncOpenAI(base_url=f"{URL}/v1", api_key=API_KEY, max_retries=0) as asking:
                async with asking.responses.stream(model=MODEL, input=question) as events:
                    response = await events.get_final_response()
                async with asking.chat.completions.stream(model=MODEL, messages=said(question)) as chunks:
                    completion = await chunks.get_final_completion()
            return response.output_text, completion.choices[0].message.content

        self.assertEqual(asyncio.run(ask()), ("It works.", "It works."))


if __name__ == "__main__":
    unittest.main()
