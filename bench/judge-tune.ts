import { createStreamJudge } from '../src/domain/judge/stream.ts';
import { betaByCorrelation, poisson } from './judge/draws.ts';
import { seededRandom } from './judge/random.ts';
import { latencyInformation, rateInformation, clusteredBound } from './judge/bounds.ts';

interface S { name: string; acc: number; dis: number; vol: number; horizon: number; share: number; icc?: number; iccLat?: number; drift?: number; incident?: boolean; rising?: boolean;
  accX?: number; disX?: number; latX?: number; tail?: [number, number]; spread?: number; onset?: number; sigma: number; median: number; lost?: number; shared?: boolean; bound?: number; burst?: number; margin?: number }
const base = { acc: 0.23, dis: 0.14, vol: 27, horizon: 360, share: 0.1, sigma: 0.55, median: 340 };
const L = Math.log(20);
function bound(s: S): number {
  const none = { share: 0, times: 1 };
  const m = { accept: s.acc, dismiss: s.dis, undelivered: 0.004, medianMs: s.median, sigma: s.sigma, tail: none };
  const c = { ...m, accept: s.acc * (s.accX ?? 1), dismiss: s.dis * (s.disX ?? 1), medianMs: s.median * (s.latX ?? 1), sigma: s.sigma * (s.spread ?? 1), tail: s.tail ? { share: s.tail[0], times: s.tail[1] } : none };
  const r = 1 / s.share - 1;
  return clusteredBound(L / (rateInformation(m.accept, c.accept, r) + rateInformation(m.dismiss, c.dismiss, r) + latencyInformation(m, c, r)), s.icc ?? 0, 20);
}
const nulls: S[] = [
  { ...base, name: 'n 20% med' },
  { ...base, name: 'n 6% med', acc: 0.06, dis: 0.04 },
  { ...base, name: 'n 42% med', acc: 0.42, dis: 0.3, sigma: 0.9 },
  { ...base, name: 'n 3/min', vol: 3 },
  { ...base, name: 'n 300/min', vol: 300, horizon: 120 },
  { ...base, name: 'n drift', drift: 0.5 },
  { ...base, name: 'n incident', incident: true },
  { ...base, name: 'n rising', rising: true, drift: 0.5 },
  { ...base, name: 'n cluster', icc: 0.03 },
  { ...base, name: 'n cluster6', icc: 0.035, acc: 0.06, dis: 0.05, burst: 3 },
  { ...base, name: 'n cluster lat', iccLat: 0.03 },
  { ...base, name: 'n cluster 300', icc: 0.03, iccLat: 0.03, vol: 200, horizon: 120 },
  { ...base, name: 'n cluster 3', icc: 0.03, iccLat: 0.03, vol: 4 },
];
const harms: S[] = [
  { ...base, name: 'acc -10', accX: 0.9 },
  { ...base, name: 'acc -25', accX: 0.75 },
  { ...base, name: 'acc -50', accX: 0.5 },
  { ...base, name: 'dis +25', disX: 1.25 },
  { ...base, name: 'lat x1.5', latX: 1.5 },
  { ...base, name: 'lat x2', latX: 2 },
  { ...base, name: 'lat x5', latX: 5 },
  { ...base, name: 'lat x1.5 s1', latX: 1.5, sigma: 1 },
  { ...base, name: 'tail', tail: [0.01, 20] },
  { ...base, name: 'tail s.9', tail: [0.01, 20], sigma: 0.9 },
  { ...base, name: 'spread', spread: 1 + Math.log(2) / 1.645 / 0.55 },
  { ...base, name: 'late acc -25', accX: 0.75, onset: 31 },
  { ...base, name: 'late lat x2', latX: 2, onset: 31 },
  { ...base, name: 'acc -25 3/min', accX: 0.75, vol: 3 },
  { ...base, name: 'lat x2 3/min', latX: 2, vol: 3 },
  { ...base, name: 'late latx2 3/min', latX: 2, onset: 31, vol: 3 },
  { ...base, name: 'acc -25 cl', accX: 0.75, icc: 0.03 },
  { ...base, name: 'acc -50 cl', accX: 0.5, icc: 0.03 },
  { ...base, name: 'acc -25 6%', accX: 0.75, acc: 0.06, dis: 0.05 },
];
const others: S[] = [
  { ...base, name: 'better', accX: 1.25, disX: 0.8, latX: 0.7 },
  { ...base, name: 'lost 30%', lost: 0.3, horizon: 60 },
  { ...base, name: 'lost 30% cl', lost: 0.3, horizon: 60, burst: 3 },
  { ...base, name: 'no cand', lost: 1 },
  { ...base, name: 'acc -13 ', accX: 0.87 },
  { ...base, name: 'acc -13 m35', accX: 0.6, margin: 0.35 },
];

function run(s: S, seed: number) {
  const r = seededRandom(seed * 7919 + 12345);
  const judge = createStreamJudge();
  const m = s.margin ?? 0.1;
  const cfg = { alpha: 0.05, horizon: s.horizon, share: s.share, margin: { accept: m, dismiss: m, p95: 0.25 }, history: { accept: s.acc, dismiss: s.dis, p50: s.median * 0.9, p95: s.median * Math.exp(1.5 * s.sigma), p99: s.median * Math.exp(2.3 * s.sigma) } };
  judge.line({ type: 'reset', config: cfg });
  const A = 200, C = 20;
  const pa: number[] = [], pd: number[] = [], pl: number[] = [];
  for (let i = 0; i < A; i++) {
    pa.push(s.icc ? betaByCorrelation(r, s.acc, s.icc) / s.acc : 1); pd.push(s.icc ? betaByCorrelation(r, s.dis, s.icc) / s.dis : 1);
    pl.push(s.iccLat ? Math.sqrt(s.iccLat) * r.normal() * s.sigma : 0);
  }
  let last = 0; let cards = 0; let safeAt: number | null = null; let untrustedAt: number | null = null;
  for (let t = 1; t <= s.horizon; t++) {
    const share = s.rising ? (t <= s.horizon / 3 ? 0.1 : t <= 2 * s.horizon / 3 ? 0.3 : 0.6) : s.share;
    const total = s.vol / s.share;
    const level = (s.drift ? 1 + s.drift * Math.cos(Math.PI * t / s.horizon * (s.rising ? 1 : 3)) * (s.rising ? 1 : 1) : 1) * (s.incident && t > 100 && t < 130 ? 0.4 : 1);
    const latLevel = s.incident && t > 100 && t < 130 ? 4 : s.drift ? 2 - level : 1;
    const on = t >= (s.onset ?? 0);
    const arm = (cand: boolean) => {
      let n = poisson(r, total * (cand ? share : 1 - share) / (s.burst ?? 1));
      const out: number[] = [], lat: (number | null)[] = [], agent: number[] = [];
      const C2 = s.rising ? Math.round(A * share) : C;
      for (let i = 0; i < n; i++) {
        const a = s.shared ? Math.floor(r.next() * A) : cand ? Math.floor(r.next() * C2) : C2 + Math.floor(r.next() * (A - C2));
        for (let b = 0; b < (s.burst ?? 1); b++) {
          if (cand && s.lost && r.next() < s.lost) continue;
          const u = r.next();
          const qa = Math.min(0.95, s.acc * level * (pa[a] ?? 1) * (cand && on ? s.accX ?? 1 : 1));
          const qd = Math.min(0.98 - qa, s.dis * (pd[a] ?? 1) * (2 - level) * (cand && on ? s.disX ?? 1 : 1));
          out.push(u < qa ? 1 : u < qa + qd ? 2 : 0);
          let z = r.normal();
          if (cand && on && s.spread !== undefined ) z *= s.spread;
          let x = s.median * latLevel * Math.exp(s.sigma * z * Math.sqrt(1 - (s.iccLat ?? 0)) + (pl[a] ?? 0)) * (cand && on ? s.latX ?? 1 : 1);
          if (cand && on && s.tail && r.next() < s.tail[0]) x *= s.tail[1];
          lat.push(r.next() < 0.004 ? null : x); agent.push(a);
        }
      }
      return { out, lat, agent };
    };
    const [b, c] = [arm(false), arm(true)];
    if (on) cards += c.out.length;
    const ans = judge.line({ type: 'look', t, final: t === s.horizon, share, base: b, cand: c }) as { verdict: string; untrusted: boolean; judged: string; reason: string; evidence: number };
    last = ans.evidence; if (ans.judged === 'safe') safeAt ??= t;
    if (ans.untrusted) untrustedAt ??= t;
    if (ans.verdict !== 'continue') return { verdict: ans.verdict, t, cards, safeAt, untrustedAt, reason: ans.reason, ev: ans.evidence, early: t < (s.onset ?? 0) };
  }
  return { verdict: 'undecided', t: s.horizon, cards, safeAt, untrustedAt, reason: '', ev: last, early: false };
}

const [which = 'all', runs = '40', seed0 = '1'] = process.argv.slice(2);
const q = (v: number[], l: number) => v.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(l * v.length) - 1)];
const set = which === 'null' ? nulls : which === 'harm' ? harms : which === 'other' ? others : [...nulls, ...harms, ...others].filter((s) => which === 'all' || s.name.includes(which));
const ratios: number[] = [];
for (const s of set) {
  const t0 = Date.now();
  const rs = Array.from({ length: Number(runs) }, (_, i) => run(s, Number(seed0) + i));
  const rb = rs.filter((x) => x.verdict === 'rollback');
  const cards = rs.map((x) => x.verdict === 'rollback' && !x.early ? x.cards : Infinity);
  const why: Record<string, number> = {};
  for (const x of rb) { const k = x.reason.split(' ').slice(0, 1).join(' '); why[k] = (why[k] ?? 0) + 1; }
  const b = bound(s);
  const harm = harms.includes(s);
  if (harm) ratios.push((q(cards, 0.5) ?? 0) / Math.max(b, s.vol));
  console.log(s.name.padEnd(17), `rb ${(100 * rb.length / rs.length).toFixed(1)}%`, `promote ${(100 * rs.filter((x) => x.verdict === 'promote').length / rs.length).toFixed(0)}%`,
    harm ? `med ${q(cards, 0.5)} p90 ${q(cards, 0.9)} bound ${b.toFixed(0)} ratio ${((q(cards, 0.5) ?? 0) / b).toFixed(2)} look-ratio ${((q(cards, 0.5) ?? 0) / Math.max(b, s.vol)).toFixed(2)}` : '',
    `safeAt ${q(rs.map((x) => x.safeAt ?? Infinity), 0.5)}`, `J90 ${q(rs.map((x) => x.ev), 0.9)?.toFixed(2)} J95 ${q(rs.map((x) => x.ev), 0.95)?.toFixed(2)}`, `untr ${rs.filter((x) => x.untrustedAt !== null).length} ${q(rs.map((x) => x.untrustedAt ?? Infinity), 0.5)}`, JSON.stringify(why), `${((Date.now() - t0) / rs.length).toFixed(0)} ms/run`);
}
console.log('median ratio', q(ratios, 0.5)?.toFixed(2));
