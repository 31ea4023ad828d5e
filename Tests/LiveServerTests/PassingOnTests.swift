import ControllerRuntime
import KubeClient
import KubeModel
import LiveEvents
import LocalCluster
import Logging
import OperatorTestKit
import Testing

@testable import LiveServer

@Suite struct PassingOnTests {
    @Test func `many streams of another worker's turn are open at once`() async throws {
        try await LiveSetting.run { setting in
            try await setting.withWorker("one") { one in
                try await setting.withWorker("two") { two in
                    try await setting.claim(two)
                    let turn = two.begin()
                    turn.pass([.token("first ", count: 1)])
                    try await eventually("one knows who has it") {
                        one.conversations.get(LiveSetting.key)?["status", "worker", "identity"]?.string == "two"
                    }
                    let readers = (0..<24).map { _ in StreamClient() }
                    try await withKubeClient(
                        one.configuration(setting.cluster.endpoint.token), logger: Logger(label: "test")
                    ) { direct in
                        try await withThrowingTaskGroup(of: Void.self) { group in
                            for reader in readers { group.addTask { try await reader.read(direct) } }
                            try await eventually("all of them have begun", within: .seconds(30)) {
                                readers.allSatisfy { $0.tokens == ["first "] }
                            }
                            turn.pass([.token("second", count: 2)])
                            two.turns.complete(turn)
                            try await group.waitForAll()
                        }
                    }
                    #expect(readers.allSatisfy { $0.tokens == ["first ", "second"] })
                }
            }
        }
    }
}
