import type { AnswerRow, CommonChapter, ProvenCase } from '../row.ts';

const component = 'services/gateway/test/component/models.component.test.ts';

function proven(file: string, test: string): ProvenCase {
  return { file, test };
}

function row(event: string, says: string, ...cases: AnswerRow['cases']): AnswerRow {
  return { event, says, cases };
}

export const modelRows: CommonChapter = {
  title: 'Models',
  about:
    '`GET /v1/models` and `/v1/models/{id}` answer the clients of every dialect with the same objects. What is said here is proven by the tests that are named.',
  sections: [
    {
      title: 'The list',
      rows: [
        row(
          'one object for both SDK families',
          'OpenAI’s `id`, `object`, `created`, `owned_by` and Anthropic’s `type`, `display_name`, `created_at`, `lifecycle`, `line`, `max_input_tokens`, `max_tokens`, `capabilities`, `deprecated_at`, `retires_at`; null where the upstream does not say.',
          proven('services/gateway/test/models/catalog.test.ts', 'one object serves both SDK families'),
        ),
        row(
          'the envelope',
          '`object`, `data`, `has_more`, `first_id`, `last_id`; the ids are null when nothing is listed.',
          proven(component, 'the list is that of the backend, best first, asked for once'),
          proven(component, 'a key sees only the models that it may use'),
        ),
        row(
          '`limit`, `after_id`, `before_id`, `lifecycle`',
          'Anthropic’s paging, both ways; without a limit all are on one page. A cursor that is not listed is a 400, and every model is active.',
          proven(component, 'a list is cut into pages'),
          proven('services/gateway/test/http/models-page.test.ts', 'before_id is where the page before ends'),
          proven('services/gateway/test/http/models-page.test.ts', 'no model is retired'),
        ),
        row(
          '`client_version`',
          'The Codex CLI gets the entries of the backend’s own catalog, every member of them.',
          proven(component, 'a Codex client gets the entries of the backend as they are'),
          proven(
            'services/gateway/test/models/catalog-entry.test.ts',
            'an entry keeps every member at every level: the Codex CLI decodes nothing less',
          ),
        ),
        row(
          '`refresh=true`',
          'Asks the backend now, at most every five seconds; the last list serves while it is away.',
          proven(component, 'refresh=true asks the backend now, but not twice in five seconds'),
          proven(
            component,
            'without any list the built-in one serves; only refresh=true says that the backend is away',
          ),
        ),
        row(
          'names with `claude-`',
          'Claude Code shows only such models: where the operator wants it, clients that send `anthropic-version` find every model under such a name too.',
          proven(
            'services/gateway/test/component/operator-choices.component.test.ts',
            'the lists show what the operator shows, and Anthropic clients find every model by a name they show',
          ),
          proven(
            'services/gateway/test/component/operator-choices.component.test.ts',
            'without aliases every client gets the same list',
          ),
        ),
        row(
          'models that a key may not use',
          'Are neither listed nor found.',
          proven(component, 'a key sees only the models that it may use'),
        ),
      ],
    },
    {
      title: 'One model',
      rows: [
        row(
          'its names',
          'Every name that an inference takes is answered under that name; an id may have a slash or be escaped.',
          proven(component, 'one model answers to its names, and is called as it was asked for'),
        ),
        row(
          'a model that is not there',
          '404 `model_not_found`; for who sends `anthropic-version` a `not_found_error`.',
          proven(component, 'a model that is not there is not found, in the envelope of who asks'),
        ),
        row(
          'a name in an inference',
          'A 404 only where a list is known and lacks it; the built-in list refuses nothing.',
          proven(
            'services/gateway/test/models/resolve.test.ts',
            'with the built-in list, nobody can say that a model does not exist',
          ),
        ),
      ],
    },
  ],
};
