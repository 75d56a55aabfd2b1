// What the build reads: the catalogue's States, and Natural Earth's countries.
import {readFileSync} from 'node:fs';
import {feature, neighbors} from 'topojson-client';
import iso from 'i18n-iso-countries';

// States of today and the regional group of each.
export function readCatalogue(folder) {
  const read = (file) => JSON.parse(readFileSync(folder + file));
  const states = read('participants.json')
    .filter((p) => p.kind === 'state' && !p.exists?.until)
    .map((p) => p.id);
  const group = {};
  for (const g of read('groups.json').filter((g) => g.kind === 'region')) {
    for (const m of g.members) group[m.participant] = g.id;
  }
  return {states, group};
}

// Countries of one resolution: alpha-3 code (absent where there is none), shape,
// and the indexes of those with which they share a border.
export function readCountries(resolution) {
  const url = new URL(`node_modules/world-atlas/countries-${resolution}.json`, import.meta.url);
  const topology = JSON.parse(readFileSync(url));
  const {countries} = topology.objects;
  const near = neighbors(countries.geometries);
  return countries.geometries.map((g, i) => ({
    id: g.id && iso.numericToAlpha3(g.id),
    shape: feature(topology, g),
    near: near[i],
  }));
}
