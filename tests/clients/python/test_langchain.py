"""LangChain: chat models of both APIs of OpenAI and of Anthropic, and an agent of each."""

import unittest

from langchain.agents import create_agent
from langchain.tools import tool
from langchain_anthropic import ChatAnthropic
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage
from langchain_openai import ChatOpenAI

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
    WEATHER_STEPS,
    WEATHER_TURN,
    ClientTest,
    Meeting,
    weather,
)

OPENAI = {"model": MODEL, "base_url": f"{URL}/v1", "max_retries": 0}


@tool
def get_weather(location: str) -> str:
    """The weather of a place."""
    return weather(location)


class ChatCompletions(ClientTest):
    def model(self, key: str = API_KEY) -> BaseChatModel:
        return ChatOpenAI(**OPENAI, api_key=key)

    def test_an_answer_has_text_and_usage(self) -> None:
        message = self.model().invoke(f"{USAGE} Say exactly: It works.")
        self.assertEqual(message.text, "It works.")
        self.assertEqual(message.usage_metadata["total_tokens"], 1050)
        self.assertEqual(message.usage_metadata["input_token_details"]["cache_read"], 800)

    def test_a_stream_grows_to_the_whole_answer(self) -> None:
        texts = [chunk.text for chunk in self.model().stream("Say exactly: It works, and piece by piece.")]
        self.assertGreater(len([text for text in texts if text]), 1)
        self.assertEqual("".join(texts), "It works, and piece by piece.")

    def test_an_agent_answers_parallel_calls(self) -> None:
        agent = create_agent(self.model(), [get_weather], system_prompt="Be brief.")
        messages = agent.invoke({"messages": [HumanMessage(WEATHER)]})["messages"]
        self.assertEqual([message.type for message in messages], ["human", "ai", "tool", "tool", "ai"])
        self.assertEqual(messages[-1].text, WEATHER_ANSWER)
        self.assert_turns([WEATHER_TURN])

    def test_a_streaming_agent_tells_its_text_as_it_comes(self) -> None:
        agent = create_agent(self.model(), [get_weather], system_prompt="Be brief.")
        question = {"messages": [HumanMessage(WEATHER_IN_STEPS)]}
        told = [message for message, _ in agent.stream(question, stream_mode="messages")]
        text = "".join(message.text for message in told if isinstance(message, AIMessage | AIMessageChunk))
        self.assertEqual(text, WEATHER_ANSWER)
        self.assert_turns(WEATHER_STEPS)

    def test_structured_output_is_what_the_class_describes(self) -> None:
        for method in ("json_schema", "function_calling"):
            with self.subTest(method):
                structured = self.model().with_structured_output(Meeting, method=method)
                self.assertEqual(structured.invoke(MEETING_PROMPT), MEETING)

    def test_a_picture_arrives_whole(self) -> None:
        picture = {"type": "image", "base64": PICTURE, "mime_type": "image/png"}
        question = HumanMessage(content=[{"type": "text", "text": "What do you see?"}, picture])
        self.assertEqual(self.model().invoke([question]).text, PICTURE_ANSWER)

    def test_a_wrong_key_and_a_broken_answer_are_errors(self) -> None:
        with self.assertRaisesRegex(Exception, "The API key is not known"):
            self.model("sk-wrong").invoke("Hi")
        self.assertEqual(self.upstream(), [])
        with self.assertRaisesRegex(Exception, BREAKING):
            self.model().invoke(BROKEN)
        with self.assertRaisesRegex(Exception, BREAKING):
            list(self.model().stream(BROKEN))


class Responses(ChatCompletions):
    def model(self, key: str = API_KEY) -> BaseChatModel:
        return ChatOpenAI(**OPENAI, api_key=key, use_responses_api=True)


class PreviousResponse(ChatCompletions):
    """What was said goes by the id of the previous response instead of being sent again."""

    def model(self, key: str = API_KEY) -> BaseChatModel:
        return ChatOpenAI(**OPENAI, api_key=key, use_responses_api=True, use_previous_response_id=True)


class Messages(ChatCompletions):
    def model(self, key: str = API_KEY) -> BaseChatModel:
        return ChatAnthropic(model_name=MODEL, base_url=URL, api_key=key, max_retries=0, max_tokens=4000)


if __name__ == "__main__":
    unittest.main()
