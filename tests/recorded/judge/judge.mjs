// Judges questions by a policy simulator: which are denied, which cannot be judged, and without which action of which
// statement nothing would be denied. Reads one JSON document from standard input and writes one to standard output.

import { runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate'

const ACCOUNT = '123456789012'

const { worlds, questions, unknownActions } = JSON.parse(await text(process.stdin))

async function text(stream) {
  const parts = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts).toString()
}

// A key's own policy decides whether roles' policies count at all.
function keyPolicy(question) {
  return question.action.startsWith('kms:') ? { resourcePolicy: question.keyPolicy } : {}
}

function simulation(question, statements) {
  return {
    ...keyPolicy(question),
    request: {
      principal: `arn:aws:iam::${ACCOUNT}:role/${question.role}`,
      action: question.action,
      resource: { resource: question.resource, accountId: ACCOUNT },
      contextVariables: question.context,
    },
    identityPolicies: [{ name: question.role, policy: { Version: '2012-10-17', Statement: statements } }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }
}

// Whether it is allowed; what keeps it from being judged is an error.
async function judged(question, statements) {
  if (statements.length === 0) return { allowed: false, ignored: [] }
  if (unknownActions.includes(question.action)) {
    return { allowed: runUnsafeSimulation(simulation(question, statements), {}) === 'Allowed', ignored: [] }
  }
  const said = await runSimulation(simulation(question, statements), {})
  if (said.resultType === 'error') return { error: JSON.stringify(said.errors) }
  const results = said.resultType === 'single' ? [said.result] : said.results
  return {
    allowed: said.overallResult === 'Allowed',
    ignored: results.flatMap((result) => result.ignoredContextKeys ?? []),
  }
}

const actionsOf = (statement) => [statement.Action].flat()

// The statements without an action of one of them.
function without(statements, index, action) {
  return statements.flatMap((statement, at) => {
    if (at !== index) return [statement]
    const Action = actionsOf(statement).filter((one) => one !== action)
    return Action.length === 0 ? [] : [{ ...statement, Action }]
  })
}

const answers = await Promise.all(questions.map((question) => judged(question, worlds[question.world][question.role])))

// Questions about an action; those of a request are the more, the finer its conditions are.
const uses = []
for (const [world, roles] of Object.entries(worlds)) {
  for (const [role, statements] of Object.entries(roles)) {
    for (const [index, statement] of statements.entries()) {
      for (const action of actionsOf(statement)) {
        const asked = questions.filter(
          (question, at) =>
            question.world === world && question.role === role && question.action === action && answers[at].allowed,
        )
        const rest = without(statements, index, action)
        let used = false
        for (const question of asked) {
          used = !(await judged(question, rest)).allowed
          if (used) break
        }
        uses.push({ world, role, sid: statement.Sid, action, used, asked: asked.length })
      }
    }
  }
}

process.stdout.write(JSON.stringify({ answers, uses }))
