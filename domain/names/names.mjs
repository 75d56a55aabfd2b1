// Writes <language>.json: the names of participants and of areas with migrant
// stock in the official languages other than English, from CLDR, over which
// corrections.csv is laid. Run it with `npm ci && npm run names`.
//
// CLDR knows no former names: of a name that the catalogue dates it gives the
// last, and the corrections give those before, where they are held. Every row
// must bear the days of a name in the catalogue.
import { readFileSync, writeFileSync } from "node:fs";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const json = (path) => JSON.parse(read(path));

const catalogue = "../catalogue/";
const participants = [...json(catalogue + "participants.json"), ...json(catalogue + "territories.json")];
const { areas } = json(catalogue + "weights/migrant-stock-2020.json");
const codes = json("node_modules/cldr-core/supplemental/codeMappings.json").supplemental.codeMappings;

const alpha2 = new Map(Object.entries(codes).map(([two, all]) => [all._alpha3, two]));
// Tables write the name of a territory in several ways, so it names none of them.
const isParticipant = new Set(participants.filter((p) => p.kind !== "territory").map((p) => p.id));
const namesOf = new Map(participants.map((p) => [p.id, p.names]));
for (const [id, name] of Object.entries(areas)) {
  if (!namesOf.has(id)) namesOf.set(id, [{ name }]);
}

function parseLine(line) {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
    .map((m) => m[1].replace(/^"|"$/g, "").replaceAll('""', '"'))
    .slice(0, 6);
}

const corrections = read("corrections.csv").trimEnd().split("\n").slice(1).map((line) => {
  const [id, language, from, until, name] = parseLine(line);
  return { id, language, from, until, name };
});

const same = (a, b) => (a.from ?? "") === (b.from ?? "") && (a.until ?? "") === (b.until ?? "");

for (const c of corrections) {
  if (!namesOf.get(c.id)?.some((n) => same(n, c))) {
    throw new Error(`corrections.csv: ${c.id} has no name from "${c.from}" until "${c.until}" in the catalogue`);
  }
}

for (const language of ["fr", "es", "ar", "zh", "ru"]) {
  const territories = json(`node_modules/cldr-localenames-full/main/${language}/territories.json`)
    .main[language].localeDisplayNames.territories;
  const all = {};
  for (const [id, names] of [...namesOf].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const held = names.flatMap((n, i) => {
      const correction = corrections.find((c) => c.id === id && c.language === language && same(n, c));
      const name = correction?.name ?? (i === names.length - 1 ? territories[alpha2.get(id)] : undefined);
      if (!name) return [];
      // The catalogue writes the straight apostrophe.
      const entry = { name: name.replaceAll("’", "'") };
      if (isParticipant.has(id)) entry.of = n.name;
      if (n.from) entry.from = n.from;
      if (n.until) entry.until = n.until;
      return [entry];
    });
    if (held.length > 0) all[id] = held;
  }
  const lines = Object.entries(all).map(([id, held]) => `${JSON.stringify(id)}: ${JSON.stringify(held)}`);
  writeFileSync(new URL(`${language}.json`, import.meta.url), "{\n" + lines.join(",\n") + "\n}\n");
}
