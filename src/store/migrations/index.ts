import type { Migration } from '../migrate.ts';
import { firstTables } from './0001_first-tables.ts';
import { auditLog } from './0002_audit-log.ts';
import { forwarding } from './0003_forwarding.ts';
import { decisionRecord } from './0004_decision-looks.ts';
import { customValues } from './0005_custom-values.ts';
import { auditRights } from './0006_audit-rights.ts';
import { afterPromotion } from './0007_long-watches.ts';
import { panel } from './0008_panel.ts';
import { liveEventsOnTheirWay } from './0009_live-events.ts';
import { copilot } from './0010_copilot.ts';
import { handlingReads } from './0011_handling-reads.ts';
import { usedSignatures } from './0012_used-signatures.ts';
import { registry } from './0013_registry.ts';
import { messages } from './0014_messages.ts';
import { freezesByHand } from './0015_freezes.ts';
import { drawnCards } from './0016_drawn-cards.ts';
import { traceLinks } from './0017_trace-links.ts';
import { panelTrouble } from './0018_panel-trouble.ts';
import { messageLog } from './0019_message-log.ts';
import { forecasts } from './0020_forecasts.ts';
import { besides } from './0021_besides.ts';
import { countedAnswers } from './0022_counted-answers.ts';
import { keptEvents } from './0023_kept-events.ts';

/** In order; append only. */
export const MIGRATIONS: readonly Migration[] = [
  firstTables,
  auditLog,
  forwarding,
  decisionRecord,
  customValues,
  auditRights,
  afterPromotion,
  panel,
  liveEventsOnTheirWay,
  copilot,
  handlingReads,
  usedSignatures,
  registry,
  messages,
  freezesByHand,
  drawnCards,
  traceLinks,
  panelTrouble,
  messageLog,
  forecasts,
  besides,
  countedAnswers,
  keptEvents,
];
