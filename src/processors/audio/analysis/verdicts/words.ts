/** A sentence in the languages of studio and reports. */
export interface Bilingual {
  readonly en: string;
  readonly 'pt-BR': string;
}

export type Language = keyof Bilingual;

/** Numbers as people read them: at most one decimal, the language's own decimal mark, a real minus, the unit behind. */
export interface Speech {
  readonly language: Language;
  number(value: number): string;
  /** With its sign, unless it is zero. */
  signed(value: number): string;
  lufs(value: number): string;
  dbtp(value: number): string;
  dbfs(value: number): string;
  db(value: number): string;
  percent(value: number): string;
  /** In hundredths: from 0.95 to 1 it is a long way. */
  correlation(value: number): string;
  seconds(value: number): string;
  /** `80 Hz`, `2.5 kHz`. */
  frequency(hz: number): string;
  /** The name of a third of an octave, in full: `31.5 Hz`, `1.25 kHz`. */
  band(centerHz: number): string;
  /** Whole, in groups of three. */
  count(value: number): string;
  /** `3:07`, `1:02:45`. */
  time(seconds: number): string;
}

export const english = speech('en', '.', ',');
export const portuguese = speech('pt-BR', ',', '.');

export const speeches: Readonly<Record<Language, Speech>> = { en: english, 'pt-BR': portuguese };

/** The same thing said in both languages. */
export function say(en: (speech: Speech) => string, ptBr: (speech: Speech) => string): Bilingual {
  return { en: en(english), 'pt-BR': ptBr(portuguese) };
}

function speech(language: Language, point: string, separator: string): Speech {
  const number = (value: number): string => {
    const tenths = Math.round(value * 10) / 10;
    const text = Number.isInteger(tenths) ? String(Math.abs(tenths)) : Math.abs(tenths).toFixed(1);
    return `${tenths < 0 ? '−' : ''}${text.replace('.', point)}`;
  };
  const signed = (value: number): string => (Math.round(value * 10) > 0 ? `+${number(value)}` : number(value));
  return {
    language,
    number,
    signed,
    lufs: (value) => `${number(value)} LUFS`,
    dbtp: (value) => `${number(value)} dBTP`,
    dbfs: (value) => `${number(value)} dBFS`,
    db: (value) => `${number(value)} dB`,
    percent: (value) => (language === 'en' ? `${number(value)}%` : `${number(value)} %`),
    correlation: (value) =>
      `${value >= 0.005 ? '+' : value <= -0.005 ? '−' : ''}${Math.abs(value).toFixed(2).replace('.', point)}`,
    seconds: (value) => `${number(value)} s`,
    frequency: (hz) => (hz >= 1_000 ? `${number(hz / 1_000)} kHz` : `${number(hz)} Hz`),
    band: (hz) => (hz >= 1_000 ? `${hz / 1_000} kHz` : `${hz} Hz`).replace('.', point),
    count: (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, separator),
    time(seconds) {
      const whole = Math.max(0, Math.floor(seconds));
      const [hours, minutes, rest] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
      const two = (value: number) => String(value).padStart(2, '0');
      return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
    },
  };
}
