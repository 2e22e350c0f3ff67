import { createHash } from 'node:crypto';
import type { Judged } from '../analysis.ts';
import { contentOf, type Finding, type ReportContent } from './content.ts';
import { escapeHtml } from './escape-html.ts';
import { htmlStyle } from './html-style.ts';
import type { Phrases } from './phrases.ts';
import { type ReportOptions, subjectOf } from './report-options.ts';
import type { Section } from './sections.ts';
import { rasterId, toSvg } from './svg.ts';
import type { Table } from './tables.ts';

/** Pictures are drawn for both, so that their words stay legible on a phone. */
const widths = { wide: 816, narrow: 346 } as const;

/**
 * A report as one page that needs nothing else: no network, no script, one style that its policy knows by hash.
 *
 * @returns the same text for the same analysis and options, always
 */
export function htmlReport(analysis: Judged, options: ReportOptions): string {
  const subject = subjectOf(analysis, options);
  const { phrases, language, spectrogram } = subject;
  const content = contentOf(subject);
  const title = escapeHtml(`${content.title} – ${phrases.report}`);
  const styleHash = createHash('sha256').update(htmlStyle).digest('base64');
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${htmlStyle}</style>
</head>
<body>
<header>
<p class="kind">${escapeHtml(phrases.report)}</p>
<h1>${escapeHtml(content.title)}</h1>
<p class="soft">${escapeHtml(content.subtitle)}</p>
<p class="soft">${escapeHtml(content.purpose)}</p>
</header>
<main>
${readinessHtml(content.readiness)}
${findingsHtml(content, phrases)}
<h2>${escapeHtml(phrases.figures)}</h2>
<ul class="figures">${content.figures.map(figureHtml).join('')}</ul>
${content.sections.map((section) => sectionHtml(section, phrases)).join('\n')}
<h2>${escapeHtml(phrases.services)}</h2>
<p class="caption">${escapeHtml(phrases.servicesCaption)}</p>
<div class="card sheet">${tableHtml(content.services, phrases.services)}</div>
<h2>${escapeHtml(phrases.details)}</h2>
<div class="card sheet">${tableHtml(content.details, phrases.details)}</div>
</main>
<footer><p>${escapeHtml(phrases.footer)}</p></footer>
<svg class="hidden" aria-hidden="true"><defs><image id="${rasterId}" width="1" height="1" preserveAspectRatio="none" href="data:image/png;base64,${spectrogram.png.toString('base64')}"/></defs></svg>
</body>
</html>
`;
}

function readinessHtml({ severity, title, text }: Finding): string {
  return `<div class="card readiness ${tone(severity)}"><strong>${escapeHtml(title)}</strong><p>${escapeHtml(text)}</p></div>`;
}

function findingsHtml({ toDo, good }: ReportContent, phrases: Phrases): string {
  const work = toDo.length === 0 ? '' : `<h2>${escapeHtml(phrases.toDo)}</h2>${listHtml(toDo)}`;
  if (good.length === 0) return work;
  const open = toDo.length === 0 ? ' open' : '';
  return `${work}<details${open}><summary>${escapeHtml(`${phrases.good} (${good.length})`)}</summary>${listHtml(good)}</details>`;
}

function listHtml(findings: readonly Finding[]): string {
  return `<ul class="findings">${findings.map(findingHtml).join('')}</ul>`;
}

function findingHtml({ severity, severityName, title, text, places }: Finding): string {
  const where = places === '' ? '' : `<p class="places">${escapeHtml(places)}</p>`;
  return `<li class="card ${tone(severity)}"><span class="badge">${escapeHtml(severityName)}</span><div><h3>${escapeHtml(title)}</h3><p>${escapeHtml(text)}</p>${where}</div></li>`;
}

function tone(severity: Finding['severity']): string {
  return severity === 'good' ? 'good-news' : severity;
}

function figureHtml({ name, value, note }: ReportContent['figures'][number]): string {
  return `<li class="card"><span>${escapeHtml(name)}</span><b>${escapeHtml(value)}</b><span>${escapeHtml(note)}</span></li>`;
}

function sectionHtml({ name, heading, caption, draw, alternative, table }: Section, phrases: Phrases): string {
  const pictures = (['wide', 'narrow'] as const).map((size) => toSvg(draw(widths[size]), alternative, size)).join('');
  return `<section id="${name}"><h2>${escapeHtml(heading)}</h2>
<p class="caption">${escapeHtml(caption)}</p>
<figure class="card">${pictures}</figure>
<details><summary>${escapeHtml(phrases.table)}<span class="hidden">: ${escapeHtml(heading)}</span></summary>${tableHtml(table, heading)}</details></section>`;
}

function tableHtml({ head, rows, highlighted }: Table, name: string): string {
  const titles =
    head.length === 0
      ? ''
      : `<thead><tr>${head.map((title) => `<th scope="col">${escapeHtml(title)}</th>`).join('')}</tr></thead>`;
  const body = rows
    .map(([first = '', ...cells], index) => {
      const chosen = index === highlighted ? ' class="chosen"' : '';
      return `<tr${chosen}><th scope="row">${escapeHtml(first)}</th>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
    })
    .join('');
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(name)}"><table>${titles}<tbody>${body}</tbody></table></div>`;
}
