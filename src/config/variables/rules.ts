/** Who may do what and when, what cards are held to, what is kept on record, and who is told. */
import { cardPolicy, duration, list, oneOf, path, text } from '../shapes.ts';
import { optional, secret, withDefault } from '../variable.ts';

export const RULES = {
  MESSAGES_FILE: optional('messages.file', path, {
    meaning:
      'file that says where people are told of rollouts, for `worker`, `dev` and `notify`; [messages.md](messages.md)',
    unset: 'nobody is told',
  }),
  MESSAGES_ALLOWED_HOSTS: optional('messages.allowedHosts', list, {
    meaning: 'hosts that it may name, separated by commas',
    unset: 'every public name, no bare address',
  }),
  OPERATORS_FILE: optional('people.operatorsFile', path, {
    meaning: 'who may act, for `worker`, `api` and `dev`; [people.md](people.md)',
    unset: 'names are claimed, not verified',
  }),
  ASSIST_OPERATOR_KEY: secret('people.operatorKey', text, {
    meaning: 'your private key, which signs every act of yours',
    unset: 'the one in your configuration folder, else acts carry no signature',
  }),
  ORGANISATION_POLICY: optional('rules.organisationPolicy', path, {
    meaning:
      'file with what the organisation asks of every plan, for `worker` and `dev`; ' +
      '[organisation-policy.md](organisation-policy.md)',
    unset: 'nothing is asked',
  }),
  CALENDAR_FILE: optional('rules.calendarFile', path, {
    meaning:
      'file that says when splits may rise, for `worker` and `dev`, read anew when it changes; [calendar.md](calendar.md)',
    unset: 'at any time',
  }),
  ORGANISATIONS_FILE: optional('rules.organisationsFile', path, {
    meaning:
      'other organisations that [waves](waves.md#several-organisations) may have members in, for `worker`, `dev` and ' +
      '`waves check`',
    unset: 'none',
  }),
  ASSIST_DEFAULTS_FILE: optional('rules.defaultsFile', path, {
    meaning: '[templates](plan.md#templates) that plans may name, for every verb that reads a plan',
    unset: '`defaults.yaml` beside each plan',
  }),
  GUARDIAN: withDefault(
    'rules.guardian',
    oneOf({ restore: 'the baseline comes back when nobody watches', alarm: 'it is only said', off: '' }),
    'restore',
    {
      meaning:
        '`restore`, `alarm` or `off`: what `worker` and `dev` do about versions that nobody watches: ' +
        '[guardian.md](guardian.md)',
    },
  ),
  UNDO_WINDOW: withDefault('rules.undoWindow', duration, '30d', {
    meaning: 'how long a proof lets `undo` go back to a version, for `worker` and `dev`: `30d`',
  }),
  CARD_POLICY: optional('cards.policy', cardPolicy, {
    meaning:
      'the Content-Security-Policy under which the organisation shows cards, for `lint`, `preview`, `forecast`, ' +
      '`start` and `worker`',
    unset: "`default-src 'self'; script-src 'self' https://cdn.genesyscloud.com`",
  }),
  CARD_BROWSERS: optional('cards.browsers', text, {
    meaning: 'a browserslist query of what agents use, for the same',
    unset: 'chrome 90, firefox 88, safari 14',
  }),
  CHROMIUM: optional('cards.chromium', path, {
    meaning: 'the browser in which `preview` takes its pictures',
    unset: 'one of the PATH or of the usual places',
  }),
  AUDIT_SIGNING_KEY: secret('audit.signingKey', text, {
    meaning: "private key that signs the audit log's checkpoints",
    unset: 'with `DATABASE_URL`: none, nothing is signed; else made in `ASSIST_ROLLOUTS_HOME`',
  }),
  AUDIT_CHECKPOINT_FILE: optional('audit.checkpointFile', path, {
    meaning: 'where `worker` and `dev` append each checkpoint',
    unset: 'nowhere but in the database',
  }),
  AUDIT_SHIP_TO: optional('audit.shipTo', text, {
    meaning: 'where `worker` and `dev` ship the audit log once a minute, as `audit ship --to` names it',
    unset: 'nothing is shipped',
  }),
  AUDIT_SHIP_FORMAT: withDefault('audit.shipFormat', oneOf({ ocsf: '', cef: '', syslog: '' }), 'ocsf', {
    meaning: 'as `audit ship --format` names it: `ocsf`, `cef` or `syslog`',
  }),
  SIEM_TOKEN: secret('audit.siemToken', text, {
    meaning: 'bearer token for shipping over HTTP',
    unset: 'none is sent',
  }),
  SIEM_CA_FILE: optional('audit.siemCaFile', path, {
    meaning: 'a further authority for TLS',
    unset: 'those of the system',
  }),
  NO_COLOR: optional(null, text, { meaning: 'any value switches colours off', unset: 'colours at a terminal' }),
};
