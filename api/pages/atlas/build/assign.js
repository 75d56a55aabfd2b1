// Optimal assignment: rows to columns (at least as many) with the least sum of
// costs, by the Hungarian method with potentials, O(rows² · columns).
export function assign(cost) {
  const n = cost.length, m = cost[0].length;
  const u = Array(n + 1).fill(0), v = Array(m + 1).fill(0);
  const owner = Array(m + 1).fill(0), way = Array(m + 1).fill(0);
  for (let i = 1; i <= n; i++) {
    owner[0] = i;
    let j0 = 0;
    const least = Array(m + 1).fill(Infinity), used = Array(m + 1).fill(false);
    do {
      used[j0] = true;
      const i0 = owner[j0];
      let delta = Infinity, next = 0;
      for (let j = 1; j <= m; j++) {
        if (used[j]) continue;
        const reduced = cost[i0 - 1][j - 1] - u[i0] - v[j];
        if (reduced < least[j]) { least[j] = reduced; way[j] = j0; }
        if (least[j] < delta) { delta = least[j]; next = j; }
      }
      for (let j = 0; j <= m; j++) {
        if (used[j]) { u[owner[j]] += delta; v[j] -= delta; } else least[j] -= delta;
      }
      j0 = next;
    } while (owner[j0] !== 0);
    do { const j1 = way[j0]; owner[j0] = owner[j1]; j0 = j1; } while (j0);
  }
  const columns = Array(n);
  for (let j = 1; j <= m; j++) if (owner[j]) columns[owner[j] - 1] = j - 1;
  return columns;
}
