import KubeClient
import KubeModel
import Testing

@testable import Tools

let worker = Impersonation.serviceAccount(namespace: "shop", name: "helper")
let redactor = Redactor(key: Array("a key for tests only".utf8))
let tools = ToolRegistry(KubernetesTools.all(now: { KubeTime(seconds: 1_800_000_000) }))

func context(_ api: FakeAPI, outputLimit: Int = 16_384) -> ToolContext {
    ToolContext(
        api: ReadOnlyAPI(api.impersonating(worker)), mapper: RESTMapper(api: api), namespace: "shop",
        redactor: redactor,
        outputLimit: outputLimit)
}

/// The text of a read.
func output(_ api: FakeAPI, _ name: String, _ arguments: JSONValue, outputLimit: Int = 16_384) async throws -> String {
    let outcome = try await tools.call(
        name: name, arguments: JSONWriter.string(arguments), in: context(api, outputLimit: outputLimit))
    guard case .output(let text) = outcome else {
        Issue.record("a proposal where an output was expected")
        return ""
    }
    return text
}

func proposal(_ api: FakeAPI, _ name: String, _ arguments: JSONValue) async throws -> WriteProposal {
    let outcome = try await tools.call(name: name, arguments: JSONWriter.string(arguments), in: context(api))
    guard case .proposal(let proposal) = outcome else { throw ToolFailure("no proposal: \(outcome)") }
    return proposal
}

/// What the model is told when a call fails.
func failure(_ api: FakeAPI, _ name: String, _ arguments: JSONValue) async -> String {
    do {
        let outcome = try await tools.call(name: name, arguments: JSONWriter.string(arguments), in: context(api))
        Issue.record("no failure: \(outcome)")
        return ""
    } catch let failure as ToolFailure {
        return failure.message
    } catch {
        Issue.record("another error: \(error)")
        return ""
    }
}

func body(_ planned: PlannedRequest) throws -> JSONValue { try JSONParser.parse(planned.request.body ?? "") }

func yaml(_ text: String) -> KubeObject { KubeObject((try? YAML.parse(text)) ?? .null) }

let web = yaml(
    """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      namespace: shop
      uid: uid-web
      resourceVersion: "41"
      generation: 3
      labels: {app: web}
    spec:
      replicas: 2
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          initContainers:
          - name: migrate
            image: shop/migrate:1
          containers:
          - name: app
            image: shop/app:1
            env:
            - {name: DB_PASSWORD, value: hunter2hunter2}
            - {name: MODE, value: fast}
          - name: proxy
            image: envoy:1
    status:
      observedGeneration: 3
      replicas: 2
      updatedReplicas: 2
      readyReplicas: 2
      availableReplicas: 2
    """)
