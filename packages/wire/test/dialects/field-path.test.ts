import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { fieldPath, parseBody } from '../../src/dialects/field-path.ts';
import { FaultError, type Fault } from '../../src/fault.ts';

const schema = z.object({
  model: z.string(),
  messages: z.array(
    z.object({ content: z.union([z.string(), z.array(z.object({ type: z.string(), text: z.string() }))]) }),
  ),
});

function faultOf(body: unknown, at: readonly PropertyKey[] = []): Fault {
  try {
    parseBody(schema, body, 'brackets', at);
  } catch (error) {
    assert.ok(error instanceof FaultError);
    return error.fault;
  }
  throw new Error('the body was taken');
}

test('a place is written as the API of the client writes it', () => {
  const path = ['messages', 1, 'content', 0, 'text'];
  assert.equal(fieldPath(path, 'brackets'), 'messages[1].content[0].text');
  assert.equal(fieldPath(path, 'dots'), 'messages.1.content.0.text');
  assert.equal(fieldPath([], 'brackets'), '');
});

test('a body that fits is handed on', () => {
  const body = { model: 'm', messages: [{ content: 'Hi.' }] };
  assert.deepEqual(parseBody(schema, body, 'brackets'), body);
});

test('a missing field is named', () => {
  assert.deepEqual(faultOf({ messages: [] }), {
    kind: 'invalid_request',
    message: "Missing required parameter: 'model'.",
    param: 'model',
  });
});

test('a body that is no object is refused as a whole', () => {
  for (const body of [null, undefined, [], 'text', 7])
    assert.deepEqual(faultOf(body), {
      kind: 'invalid_request',
      message: 'The request body must be a JSON object.',
      param: null,
    });
});

test('inside a union the alternative that got furthest names the place', () => {
  const body = { model: 'm', messages: [{ content: [{ type: 'text', text: 'x' }, { type: 'text' }] }] };
  assert.deepEqual(faultOf(body), {
    kind: 'invalid_request',
    message: "Missing required parameter: 'messages[0].content[1].text'.",
    param: 'messages[0].content[1].text',
  });
});

test('where no alternative got further than another the union itself is the place', () => {
  const fault = faultOf({ model: 'm', messages: [{ content: 7 }] });
  assert.equal('param' in fault && fault.param, 'messages[0].content');
});

test('the place of a part starts where the part stands', () => {
  const fault = faultOf({ messages: [] }, ['tools', 3]);
  assert.equal('param' in fault && fault.param, 'tools[3].model');
});
