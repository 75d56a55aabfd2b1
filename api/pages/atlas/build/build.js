// Builds ../world.json and ../tiles.json. Run by hand: npm ci && npm run build.
import {writeFileSync} from 'node:fs';
import {readCatalogue, readCountries} from './sources.js';
import {redrawn} from './redrawn.js';
import {world} from './world.js';
import {tiles} from './tiles.js';

const catalogue = readCatalogue('../../../../domain/catalogue/');
const coarse = redrawn(readCountries('110m'));
const fine = readCountries('50m');

const map = world(catalogue, coarse, fine);
const grid = tiles(catalogue, map, fine);
for (const [name, value] of [['world', map], ['tiles', grid]]) {
  const text = JSON.stringify(value).replaceAll('},{', '},\n{');
  writeFileSync(`../${name}.json`, text + '\n');
  console.log(name, text.length, 'bytes');
}
