/** The flow of DESIGN: a folder imports only from itself and from folders that stand before it. */
const flow = ['base', 'kernels', 'images', 'graph', 'engine', 'weights', 'backbones', 'cache', 'extract', 'heads', 'evaluate', 'report', 'duplicates', 'search', 'bundle', 'finetune', 'recipes', 'distribute', 'commands']
const anyOf = (folders) => `^src/(${folders.join('|')})/`

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...flow.slice(0, -1).map((folder, at) => ({
      name: `${folder}-imports-backwards-only`,
      severity: 'error',
      from: { path: anyOf([folder]) },
      to: { path: [anyOf(flow.slice(at + 1)), '^src/(cli|index)\\.ts$'] },
    })),
    {
      name: 'fast-stage-knows-no-images',
      comment: 'What heads and evaluations must know of a backbone stands in the catalog.',
      severity: 'error',
      from: { path: anyOf(['heads', 'evaluate']) },
      to: { path: anyOf(['images', 'backbones', 'extract']) },
    },
    { name: 'no-unknown-folder', severity: 'error', from: { path: '^src/' }, to: { path: '^src/', pathNot: [anyOf(flow), '^src/(cli|index)\\.ts$'] } },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: { tsPreCompilationDeps: true, tsConfig: { fileName: 'tsconfig.json' }, doNotFollow: { path: 'node_modules' }, exclude: { path: '^src/kernels/assembly' }, enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] } },
}
