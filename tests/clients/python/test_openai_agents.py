"""The OpenAI Agents SDK for Python, over both APIs; no trace is exported."""

import asyncio
import unittest

from agents import (
    Agent,
    Model,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    RunConfig,
    Runner,
    RunResult,
    RunResultStreaming,
    SQLiteSession,
    function_tool,
)
from openai import AsyncOpenAI, AuthenticationError

from stack import (
    API_KEY,
    BREAKING,
    BROKEN,
    COLOUR,
    MEETING,
    MEETING_PROMPT,
    MODEL,
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

LOOP = asyncio.Runner()  # one for all: the clients keep their connections
CLIENT = AsyncOpenAI(base_url=f"{URL}/v1", api_key=API_KEY, max_retries=0)
STRANGER = AsyncOpenAI(base_url=f"{URL}/v1", api_key="sk-wrong", max_retries=0)
UNTRACED = RunConfig(tracing_disabled=True)
HANDOVER = (
    "[[sim: sequential]] [[sim: call transfer_to_forecaster {}]]"
    ' [[sim: call get_weather {"location":"Paris"}]] Go.'
)


def tearDownModule() -> None:
    for client in (CLIENT, STRANGER):
        LOOP.run(client.close())
    LOOP.close()


@function_tool
def get_weather(location: str) -> str:
    """The weather of a place."""
    return weather(location)


class Responses(ClientTest):
    def model(self, client: AsyncOpenAI = CLIENT) -> Model:
        return OpenAIResponsesModel(MODEL, client)

    def forecaster(self, client: AsyncOpenAI = CLIENT) -> Agent:
        return Agent("Forecaster", instructions="Be brief.", tools=[get_weather], model=self.model(client))

    def run_agent(self, agent: Agent, prompt: str, **options: object) -> RunResult:
        return LOOP.run(Runner.run(agent, prompt, run_config=UNTRACED, **options))

    def stream_agent(self, agent: Agent, prompt: str) -> tuple[RunResultStreaming, list[str], str]:
        """The run, the names of what it told, and the text as it came."""

        async def stream() -> tuple[RunResultStreaming, list[str], str]:
            run = Runner.run_streamed(agent, prompt, run_config=UNTRACED)
            told, text = [], ""
            async for event in run.stream_events():
                if event.type == "run_item_stream_event":
                    told.append(event.name)
                if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
                    text += event.data.delta
            return run, told, text

        return LOOP.run(stream())

    def test_an_agent_answers_parallel_calls(self) -> None:
        run = self.run_agent(self.forecaster(), f"{WEATHER} {USAGE}")
        self.assertEqual(run.final_output, WEATHER_ANSWER)
        usage = run.context_wrapper.usage
        self.assertEqual((usage.requests, usage.input_tokens, usage.output_tokens), (2, 2000, 100))
        self.assert_turns([WEATHER_TURN])

    def test_a_streamed_run_tells_its_text_as_it_comes(self) -> None:
        run, told, text = self.stream_agent(self.forecaster(), WEATHER_IN_STEPS)
        self.assertEqual((run.final_output, text), (WEATHER_ANSWER, WEATHER_ANSWER))
        step = ["tool_called", "tool_output"]
        spoken = [name for name in told if name != "reasoning_item_created"]
        self.assertEqual(spoken, [*step, *step, "message_output_created"])
        self.assert_turns(WEATHER_STEPS)

    def reception(self) -> Agent:
        return Agent("Reception", instructions="Hand over.", handoffs=[self.forecaster()], model=self.model())

    def test_one_agent_hands_over_to_another(self) -> None:
        streamed, _, _ = self.stream_agent(self.reception(), HANDOVER)
        for run in (streamed, self.run_agent(self.reception(), HANDOVER)):
            self.assertEqual(run.last_agent.name, "Forecaster")
            self.assertRegex(run.final_output, r"get_weather returned: 7 degrees in Paris$")
        instructions = [body["instructions"] for body in self.upstream()]
        self.assertEqual(instructions, ["Hand over.", "Be brief.", "Be brief."] * 2)

    def test_an_output_type_is_what_the_class_describes(self) -> None:
        extractor = Agent("Extractor", output_type=Meeting, model=self.model())
        self.assertEqual(self.run_agent(extractor, MEETING_PROMPT).final_output, MEETING)

    def test_a_session_remembers_what_was_said(self) -> None:
        session = SQLiteSession("colours")
        self.run_agent(self.forecaster(), f"My colour is teal. {WEATHER}", session=session)
        self.assertEqual(self.run_agent(self.forecaster(), COLOUR, session=session).final_output, "teal")
        self.assertEqual(len(self.turns()), 2)

    def test_a_wrong_key_and_a_broken_answer_are_errors(self) -> None:
        with self.assertRaises(AuthenticationError):
            self.run_agent(self.forecaster(STRANGER), "Hi")
        self.assertEqual(self.upstream(), [])
        with self.assertRaisesRegex(Exception, BREAKING):
            self.run_agent(self.forecaster(), BROKEN)
        with self.assertRaisesRegex(Exception, BREAKING):
            self.stream_agent(self.forecaster(), BROKEN)


class ChatCompletions(Responses):
    def model(self, client: AsyncOpenAI = CLIENT) -> Model:
        return OpenAIChatCompletionsModel(MODEL, client)


class PreviousResponse(ClientTest):
    def test_it_stands_for_all_that_was_said(self) -> None:
        agent = Responses().forecaster()

        async def talk() -> object:
            first = await Runner.run(agent, f"My colour is teal. {WEATHER}", run_config=UNTRACED)
            following = {"previous_response_id": first.last_response_id}
            return (await Runner.run(agent, COLOUR, run_config=UNTRACED, **following)).final_output

        self.assertEqual(LOOP.run(talk()), "teal")
        self.assertEqual([item["type"] for item in self.turns()[1]], ["reasoning", "message", "message"])


if __name__ == "__main__":
    unittest.main()
