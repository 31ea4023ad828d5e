import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools
@testable import ToolKit
@testable import Writes

/// What holds for the arguments of every tool, tried with many by chance.
@Suite struct ArgumentContractTests {
    private static let rounds = 40

    private func api() -> FakeAPI {
        let api = FakeAPI()
        api.put(web)
        api.put(
            yaml(
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: web-0, namespace: shop, labels: {app: web}}
                spec: {nodeName: n1, containers: [{name: app, image: "shop/app:1"}]}
                status: {phase: Running}
                """))
        api.put(yaml("{apiVersion: v1, kind: Node, metadata: {name: n1}}"))
        api.put(yaml("{apiVersion: v1, kind: Namespace, metadata: {name: shop}, status: {phase: Active}}"))
        return api
    }

    /// - Returns: the message of the failure; nil where the call has an outcome.
    private func message(_ tool: String, _ arguments: JSONObject, _ api: FakeAPI) async throws -> String? {
        do {
            _ = try await tools.call(name: tool, arguments: JSONWriter.string(.object(arguments)), in: context(api))
            return nil
        } catch let failure as ToolFailure {
            return failure.message
        }
    }

    @Test(arguments: tools.catalog.entries.map(\.name))
    func `what fits the schema has an outcome or a failure that says why`(_ name: String) async throws {
        let entry = try #require(tools.catalog.entries.first { $0.name == name })
        var random = RandomArguments(entry.schema, seed: 1)
        let api = api()
        for _ in 0..<Self.rounds {
            let arguments = random.fitting()
            guard let message = try await message(name, arguments, api) else { continue }
            #expect(
                message.split(separator: " ").count > 2 && !message.contains("fault of the tool"),
                "\(JSONWriter.string(.object(arguments))): \(message)")
            #expect(message.utf8.count <= 16_384)
        }
    }

    @Test(arguments: tools.catalog.entries.map(\.name))
    func `what doesn't fit is refused by the name of its parameter, and nothing is asked`(_ name: String) async throws {
        let entry = try #require(tools.catalog.entries.first { $0.name == name })
        var random = RandomArguments(entry.schema, seed: 2)
        let api = api()
        for _ in 0..<Self.rounds {
            guard let (arguments, parameter) = random.misfitting() else { continue }
            let message = try await message(name, arguments, api)
            #expect(
                message?.contains("\n- \(parameter): ") == true,
                "\(parameter) of \(JSONWriter.string(.object(arguments))): \(message ?? "no failure")")
        }
        #expect(api.requests.isEmpty)
    }
}
