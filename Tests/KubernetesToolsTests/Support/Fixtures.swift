import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools
@testable import ToolKit
@testable import Writes

let redactor = Redactor(key: Array("a key for tests only".utf8))
let tools = ToolRegistry(KubernetesToolset.all(now: { KubeTime(seconds: 1_800_000_000) }))

func context(_ api: FakeAPI, outputLimit: Int = 16_384) -> ToolContext {
    ToolContext(
        api: ReadOnlyAPI(api.impersonating(worker)), mapper: RESTMapper(api: api), namespace: "shop",
        redactor: redactor,
        outputLimit: outputLimit)
}

/// That a call sent nothing but what its tool declares.
func checkSent(_ api: FakeAPI, by name: String, after count: Int) {
    guard let requests = tools.catalog.entries.first(where: { $0.name == name })?.requests else { return }
    for sent in api.sent.dropFirst(count) {
        guard let access = ResourceAccess(sent.request) else { continue }
        #expect(requests.allow(access), "\(name) doesn't declare that it may \(access)")
    }
}

/// The text of a read.
func output(_ api: FakeAPI, _ name: String, _ arguments: JSONValue, outputLimit: Int = 16_384) async throws -> String {
    let count = api.sent.count
    defer { checkSent(api, by: name, after: count) }
    let outcome = try await tools.call(
        name: name, arguments: JSONWriter.string(arguments), in: context(api, outputLimit: outputLimit))
    guard case .output(let text) = outcome else {
        Issue.record("a proposal where an output was expected")
        return ""
    }
    return text
}

func proposal(_ api: FakeAPI, _ name: String, _ arguments: JSONValue) async throws -> WriteProposal {
    let count = api.sent.count
    defer { checkSent(api, by: name, after: count) }
    let outcome = try await tools.call(name: name, arguments: JSONWriter.string(arguments), in: context(api))
    guard case .proposal(let proposal) = outcome else { throw ToolFailure("no proposal: \(outcome)") }
    return proposal
}

/// What the model is told when a call fails.
func failure(_ api: FakeAPI, _ name: String, _ arguments: JSONValue) async -> String {
    let count = api.sent.count
    defer { checkSent(api, by: name, after: count) }
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
