import { formatBytes } from '#kernel/units.ts';
import type { Bilingual, CheckCode } from '#processors/shared/image/preset.ts';

interface Verdict {
  readonly passed: boolean;
  readonly measured: number | string;
  readonly limit: number | string;
}

type Wording = (verdict: Verdict) => Bilingual;

/** What was measured, what is asked for, and, where they do not meet, by how much and what helps. */
const wordings: Readonly<Record<CheckCode, Wording>> = {
  size: ({ passed, measured, limit }) =>
    passed
      ? both(`The size is ${measured} px.`, `O tamanho é ${measured} px.`)
      : both(
          `The size is ${measured} px; ${limit} px is asked for. Leave the canvas to the preset.`,
          `O tamanho é ${measured} px; o exigido é ${limit} px. Deixe o tamanho por conta da predefinição.`,
        ),
  'smallest-side': ({ passed, measured, limit }) =>
    passed
      ? both(
          `The shorter side has ${measured} px, at least ${limit} are asked for.`,
          `O lado menor tem ${measured} px; o mínimo é ${limit}.`,
        )
      : both(
          `The shorter side has ${measured} px, ${Number(limit) - Number(measured)} fewer than the ${limit} asked for. Take a larger canvas.`,
          `O lado menor tem ${measured} px, ${Number(limit) - Number(measured)} a menos que os ${limit} exigidos. Use uma tela maior.`,
        ),
  'white-corners': ({ passed, measured }) =>
    passed
      ? both('The corners are pure white.', 'Os cantos são brancos puros.')
      : both(
          `The darkest corner has the value ${measured}, ${255 - Number(measured)} below pure white (255). Take a white background, and keep product and shadow away from the corners.`,
          `O canto mais escuro tem o valor ${measured}, ${255 - Number(measured)} abaixo do branco puro (255). Use fundo branco e afaste produto e sombra dos cantos.`,
        ),
  'white-border': ({ passed, measured, limit }) =>
    passed
      ? both(`The edge of the picture is ${measured} % white.`, `A borda da imagem é ${decimal(measured)} % branca.`)
      : both(
          `The edge of the picture is ${measured} % white; ${limit} % is asked for. Nothing may touch the frame: take a wider margin or a softer shadow.`,
          `A borda da imagem é ${decimal(measured)} % branca; o exigido é ${limit} %. Nada pode tocar a moldura: aumente a margem ou suavize a sombra.`,
        ),
  fill: ({ passed, measured, limit }) =>
    passed
      ? both(
          `The product takes ${measured} % of the picture (asked for: ${limit} %).`,
          `O produto ocupa ${decimal(measured)} % da imagem (exigido: ${limit} %).`,
        )
      : both(
          `The product takes ${measured} % of the picture; ${limit} % is asked for. Change the margin or the scale.`,
          `O produto ocupa ${decimal(measured)} % da imagem; o exigido é ${limit} %. Mude a margem ou a escala.`,
        ),
  bytes: ({ passed, measured, limit }) =>
    passed
      ? both(
          `The file has ${formatBytes(Number(measured))}, at most ${formatBytes(Number(limit))} are allowed.`,
          `O arquivo tem ${decimal(formatBytes(Number(measured)))}; o máximo é ${decimal(formatBytes(Number(limit)))}.`,
        )
      : both(
          `The file has ${formatBytes(Number(measured))}, ${formatBytes(Number(measured) - Number(limit))} more than the ${formatBytes(Number(limit))} allowed. Lower the quality or set maxBytes.`,
          `O arquivo tem ${decimal(formatBytes(Number(measured)))}, ${decimal(formatBytes(Number(measured) - Number(limit)))} a mais que o máximo de ${decimal(formatBytes(Number(limit)))}. Reduza a qualidade ou defina maxBytes.`,
        ),
  format: ({ passed, measured, limit }) =>
    passed
      ? both(`The format is ${measured}.`, `O formato é ${measured}.`)
      : both(`The format is ${measured}; allowed: ${limit}.`, `O formato é ${measured}; permitidos: ${limit}.`),
  srgb: ({ passed }) =>
    passed
      ? both('The colours are sRGB.', 'As cores são sRGB.')
      : both('The colours are not sRGB with 8 bits.', 'As cores não são sRGB de 8 bits.'),
  opaque: ({ passed }) =>
    passed
      ? both('Nothing is transparent.', 'Nada é transparente.')
      : both(
          'The picture may be transparent; it must not. Take a background.',
          'A imagem pode ser transparente e não deve. Escolha um fundo.',
        ),
  'no-overlay': ({ passed, measured }) =>
    passed
      ? both('There is no text, badge or logo.', 'Não há texto, selo nem logotipo.')
      : both(
          `Text, badges and logos are forbidden here; the picture has ${measured}. Remove them.`,
          `Textos, selos e logotipos são proibidos aqui; a imagem tem ${measured}. Remova-os.`,
        ),
};

export function sentence(code: CheckCode, verdict: Verdict): Bilingual {
  return wordings[code](verdict);
}

function both(en: string, ptBr: string): Bilingual {
  return { en, 'pt-BR': ptBr };
}

/** Brazil writes a decimal comma. */
function decimal(value: number | string): string {
  return String(value).replace('.', ',');
}
