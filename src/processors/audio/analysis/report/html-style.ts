import { dark, light } from './colours.ts';

const variables = (colours: Readonly<Record<string, string>>): string =>
  Object.entries(colours)
    .map(([name, colour]) => `--${name}:${colour};`)
    .join('');

/** The whole look of the page. The policy knows it by its hash: no other style applies. */
export const htmlStyle = `
:root{color-scheme:light dark;${variables(light)}}
@media (prefers-color-scheme:dark){:root{${variables(dark)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Helvetica Neue",Arial,sans-serif}
main,header,footer{max-width:880px;margin:0 auto;padding:0 20px}
header{padding-top:40px}
h1{font-size:clamp(26px,5vw,38px);line-height:1.2;margin:6px 0 8px;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{font-size:21px;line-height:1.3;margin:52px 0 6px;letter-spacing:-.005em}
h3{font-size:16px;line-height:1.4;margin:0}
p{margin:0}
.kind{font-size:13px;font-weight:600;letter-spacing:.06em;text-transform:uppercase;color:var(--accent)}
.soft,.caption{color:var(--soft)}
.caption{font-size:15px;max-width:68ch;margin-bottom:16px}
.card{background:var(--surface);border:1px solid var(--line);border-radius:14px}
.readiness{margin-top:26px;padding:20px 22px;border-left:6px solid var(--tone);display:grid;gap:2px}
.readiness strong{font-size:21px;line-height:1.3;color:var(--tone)}
.readiness p{font-size:17px}
.problem{--tone:var(--bad)}.warning{--tone:var(--warn)}.advice{--tone:var(--second)}.good-news{--tone:var(--good)}
.figures{list-style:none;margin:16px 0 0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:12px}
.figures li{padding:14px 16px;display:grid;gap:1px;align-content:start}
.figures span{font-size:13px;color:var(--soft);line-height:1.4}
.figures b{font-size:18px;font-weight:650;line-height:1.45;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.findings{list-style:none;margin:14px 0 0;padding:0;display:grid;gap:12px}
.findings li{padding:16px 20px;display:grid;grid-template-columns:104px 1fr;gap:2px 18px}
.badge{color:var(--tone);font-size:13px;font-weight:650;line-height:1.75;display:flex;gap:8px;align-items:baseline}
.badge::before{content:"";width:9px;height:9px;border-radius:50%;background:var(--tone);flex:none}
.problem .badge::before{border-radius:2px}.warning .badge::before{border-radius:2px;transform:rotate(45deg)}
.findings p{max-width:66ch}
.places{font-size:14px;color:var(--soft);margin-top:6px;font-variant-numeric:tabular-nums}
details{margin-top:14px}
summary{cursor:pointer;color:var(--accent);font-weight:600;font-size:15px;padding:6px 0;min-height:24px}
summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
figure{margin:0;padding:18px 16px 10px}
figure svg{display:block;width:100%;height:auto;font-family:inherit;font-variant-numeric:tabular-nums}
.narrow{display:none!important}
.hidden{position:absolute;width:0;height:0;overflow:hidden}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums;width:100%}
th,td{padding:7px 14px 7px 0;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child,td:first-child{text-align:left}
th:last-child,td:last-child{padding-right:0}
thead th{font-weight:600;color:var(--soft);vertical-align:bottom;white-space:normal}
tbody th{font-weight:500;text-align:left}
tr.chosen th,tr.chosen td{font-weight:700;color:var(--accent)}
.sheet{padding:10px 20px}
.sheet tr:last-child th,.sheet tr:last-child td{border-bottom:0}
footer{margin-top:56px;padding-top:18px;padding-bottom:48px;font-size:13px;color:var(--soft)}
footer p{border-top:1px solid var(--line);padding-top:16px}
@media (max-width:640px){
header{padding-top:26px}main,header,footer{padding-left:16px;padding-right:16px}
.wide{display:none!important}.narrow{display:block!important}
h2{margin-top:40px}
figure{padding:14px 8px 8px}
.figures{grid-template-columns:repeat(2,minmax(0,1fr))}.figures li{padding:12px 14px}
.findings li{grid-template-columns:1fr;padding:14px 16px}
.sheet{padding:8px 14px}
}
@media print{
:root{color-scheme:light;${variables({ ...light, page: '#ffffff' })}}
body{font-size:11pt}header{padding-top:0}main,header,footer{max-width:none;padding-left:0;padding-right:0}
.card,figure,.findings li,table{break-inside:avoid}h2{break-after:avoid;margin-top:28px}
details:not([open]){display:none}
.wide{display:block!important}.narrow{display:none!important}
}
`;
