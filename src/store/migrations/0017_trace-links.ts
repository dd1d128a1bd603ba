import type { Migration } from '../migrate.ts';

/** `key`: `card/<id>` or `verdict/<rollout>`; `traceparent`: as in W3C trace context. */
export const traceLinks: Migration = {
  id: 17,
  name: 'trace-links',
  statements: [
    `create table trace_links (
       key text collate "C" primary key,
       traceparent text not null,
       kept_at timestamptz not null default now()
     )`,
    'create index trace_links_by_age on trace_links (kept_at)',
  ],
};
