import KubeModel
import Testing

@testable import KubernetesTools
@testable import ToolKit

/// Every request of a model carries the texts and schemas of the tools that are offered. `hack/peers/tokens` counts their tokens
/// (cl100k); a token has at least 3.9 bytes of such JSON, so that a number of bytes keeps what was counted.
@Suite struct SchemaSizeTests {
    private func bytes(_ isIncluded: (ToolCatalog.Entry) -> Bool) -> Int {
        let registry = ToolRegistry(KubernetesToolset.all { .init(seconds: 0) }, onDemand: KubernetesToolset.groups)
        return JSONWriter.string(.array(registry.catalog.entries.filter(isIncluded).map(\.openAI))).utf8.count
    }

    @Test func `what every request offers stays under 1000 tokens`() {
        #expect(bytes { $0.group == nil } < 3900)
    }

    @Test func `all reads together stay under 2500 tokens`() {
        #expect(bytes { $0.hints.isReadOnly } < 9750)
    }

    @Test func `no tool alone is longer than 300 tokens`() {
        for entry in ToolRegistry(KubernetesToolset.all { .init(seconds: 0) }).catalog.entries {
            #expect(JSONWriter.string(entry.openAI).utf8.count < 1170, "\(entry.name)")
        }
    }
}
