// The small table of taste: continents that the regional groups do not tell, and
// where a State is wished to stand, in columns and rows of the grid.

export const continents = {
  CAN: 'north', USA: 'north', MEX: 'north', GTM: 'north', BLZ: 'north', HND: 'north',
  SLV: 'north', NIC: 'north', CRI: 'north', PAN: 'north', CUB: 'north', JAM: 'north',
  HTI: 'north', DOM: 'north', BHS: 'north', KNA: 'north', ATG: 'north', DMA: 'north',
  LCA: 'north', VCT: 'north', BRB: 'north', GRD: 'north', TTO: 'north',
  AUS: 'oceania', NZL: 'oceania', PNG: 'oceania', FJI: 'oceania', SLB: 'oceania',
  VUT: 'oceania', WSM: 'oceania', TON: 'oceania', KIR: 'oceania', TUV: 'oceania',
  NRU: 'oceania', PLW: 'oceania', FSM: 'oceania', MHL: 'oceania', COK: 'oceania',
  NIU: 'oceania',
  TUR: 'asia', ISR: 'asia', PSE: 'asia', CYP: 'asia', GEO: 'asia', ARM: 'asia', AZE: 'asia',
  VAT: 'europe',
};

export const ofGroup = {
  AFRICAN: 'africa', 'ASIA-PACIFIC': 'asia', GRULAC: 'south',
  WEOG: 'europe', 'EASTERN-EUROPEAN': 'europe',
};

// How far the middle of each continent is moved, in tiles, to make room.
export const shift = {
  north: [-1.2, 0], south: [0, 1.5], europe: [0, -1.5], africa: [0.3, 1.8], asia: [1, 0], oceania: [-0.5, 1],
};

// Places decided by hand after looking at the picture, in columns and rows before
// empty ones at the edge are cut off.
export const wished = {
  ISL: [10, 0], NOR: [13, 0], SWE: [14, 0], FIN: [15, 0], EST: [16, 0],
  NLD: [12, 1], DNK: [13, 1], DEU: [14, 1], POL: [15, 1], LVA: [16, 1],
  IRL: [9, 2], GBR: [10, 2], BEL: [11, 2], LUX: [12, 2], LIE: [13, 2], CZE: [14, 2], SVK: [15, 2], LTU: [16, 2], BLR: [17, 2],
  CAN: [4, 3], FRA: [11, 3], CHE: [12, 3], AUT: [13, 3], SVN: [14, 3], HUN: [15, 3], UKR: [16, 3], MDA: [17, 3], RUS: [18, 3],
  USA: [4, 4], AND: [10, 4], MCO: [11, 4], ITA: [12, 4], SMR: [13, 4], HRV: [14, 4], SRB: [15, 4], ROU: [16, 4], GEO: [17, 4], ARM: [18, 4],
  MEX: [4, 5], BHS: [6, 5], PRT: [9, 5], ESP: [10, 5], VAT: [12, 5], MLT: [13, 5], BIH: [14, 5], MKD: [15, 5], BGR: [16, 5], TUR: [17, 5], AZE: [18, 5],
  BLZ: [4, 6], CUB: [6, 6], HTI: [7, 6], DOM: [8, 6], MNE: [13, 6], ALB: [14, 6], GRC: [15, 6], CYP: [16, 6],
  GTM: [4, 7], HND: [5, 7], JAM: [6, 7], KNA: [8, 7], ATG: [9, 7],
  SLV: [4, 8], NIC: [5, 8], VCT: [7, 8], LCA: [8, 8], DMA: [9, 8],
  CRI: [5, 9], PAN: [6, 9], GRD: [7, 9], TTO: [8, 9], BRB: [9, 9],
  COL: [6, 10], VEN: [7, 10], GUY: [8, 10], SUR: [9, 10],
  ECU: [6, 11], PER: [7, 11], BRA: [8, 11],
  BOL: [7, 12], PRY: [8, 12],
  CHL: [6, 13], ARG: [7, 13], URY: [8, 13],
  AUS: [25, 14],
  ZAF: [15, 16], NZL: [25, 16],
  KAZ: [19, 3], UZB: [20, 4], KGZ: [21, 4], MNG: [22, 4], TJK: [21, 5], CHN: [22, 5], TKM: [19, 4],
  CPV: [11, 7], GIN: [12, 10], GHA: [13, 11], TGO: [14, 11], GNQ: [13, 12], STP: [12, 13],
  PRK: [24, 5], KOR: [24, 6], JPN: [25, 6], KIR: [27, 11], COK: [27, 14], NIU: [27, 15],
};
