/** Colours as CSS writes them, and how well they can be told apart. */

export interface Colour {
  /** 0..255 */
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  /** 0..1 */
  readonly alpha: number;
}

/**
 * Contrast ratio of two opaque colours, 1..21 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio): black on white is 21,
 * #767676 on white is 4.54.
 */
export function contrastRatio(a: Colour, b: Colour): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** Reads hex, rgb(), hsl() and the sixteen basic names with a few more; null for anything else. */
export function parseColour(text: string): Colour | null {
  const value = text.trim().toLowerCase();
  const hex = NAMES[value] ?? (/^#[0-9a-f]+$/.test(value) ? value.slice(1) : undefined);
  if (hex !== undefined) return fromHex(hex);
  const call = /^(rgb|hsl)a?\(([^()]*)\)$/.exec(value);
  return call === null ? null : fromFunction(call[1] ?? '', (call[2] ?? '').split(/[\s,/]+/).filter(Boolean));
}

const NAMES: Readonly<Record<string, string>> = {
  black: '000',
  silver: 'c0c0c0',
  gray: '808080',
  grey: '808080',
  white: 'fff',
  maroon: '800000',
  red: 'f00',
  purple: '800080',
  fuchsia: 'f0f',
  magenta: 'f0f',
  green: '008000',
  lime: '0f0',
  olive: '808000',
  yellow: 'ff0',
  navy: '000080',
  blue: '00f',
  teal: '008080',
  aqua: '0ff',
  cyan: '0ff',
  orange: 'ffa500',
  lightgray: 'd3d3d3',
  lightgrey: 'd3d3d3',
  darkgray: 'a9a9a9',
  darkgrey: 'a9a9a9',
  dimgray: '696969',
  whitesmoke: 'f5f5f5',
  gainsboro: 'dcdcdc',
  pink: 'ffc0cb',
  lightyellow: 'ffffe0',
  beige: 'f5f5dc',
  ivory: 'fffff0',
  gold: 'ffd700',
  tomato: 'ff6347',
  crimson: 'dc143c',
  darkred: '8b0000',
  darkgreen: '006400',
  darkblue: '00008b',
};

function fromHex(hex: string): Colour | null {
  const digits = hex.length === 3 || hex.length === 4 ? hex.replaceAll(/./g, '$&$&') : hex;
  if (digits.length !== 6 && digits.length !== 8) return null;
  const part = (at: number) => Number.parseInt(digits.slice(at, at + 2), 16);
  return { red: part(0), green: part(2), blue: part(4), alpha: digits.length === 8 ? part(6) / 255 : 1 };
}

function fromFunction(name: string, parts: readonly string[]): Colour | null {
  const alpha = parts[3] === undefined ? 1 : share(parts[3]);
  const numbers = parts.slice(0, 3).map((part) => Number.parseFloat(part));
  const [a, b, c] = numbers;
  if (a === undefined || b === undefined || c === undefined || [a, b, c, alpha].some(Number.isNaN)) return null;
  if (name === 'hsl') return fromHsl(a, b / 100, c / 100, alpha);
  const [red = 0, green = 0, blue = 0] = parts
    .slice(0, 3)
    .map((part, index) => (part.endsWith('%') ? ((numbers[index] ?? 0) * 255) / 100 : (numbers[index] ?? 0)));
  return { red, green, blue, alpha };
}

function share(text: string): number {
  return Number.parseFloat(text) / (text.endsWith('%') ? 100 : 1);
}

/** https://www.w3.org/TR/css-color-4/#hsl-to-rgb */
function fromHsl(hue: number, saturation: number, lightness: number, alpha: number): Colour {
  const part = (n: number) => {
    const k = (((n + hue / 30) % 12) + 12) % 12;
    return (
      255 * (lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1)))
    );
  };
  return { red: part(0), green: part(8), blue: part(4), alpha };
}

function luminance({ red, green, blue }: Colour): number {
  const [r = 0, g = 0, b = 0] = [red, green, blue].map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
