import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import Testing

@testable import Controllers

/// The clock of these tests stands at 2027-01-15T08:00:00Z at first.
@Suite struct CronTriggerTests {
    @Test func `nothing is made before it is due, and one when it is`() async throws {
        try await TriggerScene.run(TriggerScene.cron(["schedule": "*/10 * * * *"])) { scene in
            #expect(try await scene.reconcile() == .requeue(after: .seconds(30)))
            #expect(scene.made.isEmpty)
            #expect(try scene.status("nightly").nextTime?.description == "2027-01-15T08:10:00Z")
            scene.clock.advance(by: .seconds(590))
            #expect(try await scene.reconcile() == .requeue(after: .milliseconds(10_001)))
            scene.clock.advance(by: .seconds(10))
            _ = try await scene.reconcile()
            _ = try await scene.reconcile()
            let made = try #require(scene.made.first)
            #expect(scene.made.count == 1 && made.spec.messages == ["Look around."])
            let status = try scene.status("nightly")
            #expect(status.lastConversation == made.key.description && status.lastError == nil)
            #expect(status.lastTime?.description == "2027-01-15T08:10:00Z")
            #expect(status.nextTime?.description == "2027-01-15T08:20:00Z")
        }
    }

    @Test func `a worker that dies before it says so leaves one that another finds`() async throws {
        try await TriggerScene.run(TriggerScene.cron(["schedule": "*/10 * * * *"])) { scene in
            _ = try await scene.reconcile()
            scene.clock.advance(by: .seconds(600))
            scene.cluster.before({ $0.path.hasSuffix("/sky/status") }) { _ in
                throw KubeClientError(.badResponse, message: "lost")
            }
            await #expect(throws: KubeClientError.self) { try await scene.reconcile() }
            #expect(scene.made.count == 1)
            _ = try await scene.reconcile()
            #expect(scene.made.count == 1)
            #expect(try scene.status("nightly").lastConversation == scene.made[0].key.description)
        }
    }

    @Test func `while an earlier one isn't over none is made, and afterwards the last that was due`() async throws {
        let cron: JSONValue = ["schedule": "*/10 * * * *", "startingDeadlineSeconds": 900]
        try await TriggerScene.run(TriggerScene.cron(cron)) { scene in
            _ = try await scene.reconcile()
            scene.clock.advance(by: .seconds(600))
            _ = try await scene.reconcile()
            let first = try #require(scene.made.first)
            scene.clock.advance(by: .seconds(1300))
            _ = try await scene.reconcile()
            #expect(scene.made.count == 1)
            #expect(
                try scene.status("nightly").lastError?.contains("waits for Conversation \(first.object.name)") ?? false)
            scene.finish(first)
            _ = try await scene.reconcile()
            #expect(scene.made.count == 2)
            #expect(try scene.status("nightly").lastTime?.description == "2027-01-15T08:30:00Z")
        }
    }

    @Test func `one that is to be replaced is stopped`() async throws {
        let cron: JSONValue = ["schedule": "*/10 * * * *", "concurrencyPolicy": "Replace"]
        try await TriggerScene.run(TriggerScene.cron(cron)) { scene in
            _ = try await scene.reconcile()
            for _ in 0..<2 {
                scene.clock.advance(by: .seconds(600))
                _ = try await scene.reconcile()
            }
            #expect(scene.made.count == 2 && scene.made.map(\.spec.stop) == [true, false])
        }
    }

    @Test func `what was missed for too long is told and not made up for`() async throws {
        let cron: JSONValue = ["schedule": "0 9 * * *", "startingDeadlineSeconds": 60]
        try await TriggerScene.run(TriggerScene.cron(cron)) { scene in
            _ = try await scene.reconcile()
            scene.clock.advance(by: .seconds(7200))
            _ = try await scene.reconcile()
            #expect(scene.made.isEmpty)
            #expect(try scene.status("nightly").lastError?.hasPrefix("missed 2027-01-15T09:00:00Z") ?? false)
        }
    }

    @Test func `another schedule is counted from when it was seen`() async throws {
        try await TriggerScene.run(TriggerScene.cron(["schedule": "0 7 * * *"])) { scene in
            _ = try await scene.reconcile()
            scene.clock.advance(by: .seconds(1800))
            scene.change(["triggers": [TriggerScene.cron(["schedule": "15 8 * * *"])]])
            _ = try await scene.reconcile()
            #expect(scene.made.isEmpty)
            #expect(try scene.status("nightly").nextTime?.description == "2027-01-16T08:15:00Z")
        }
    }

    @Test(arguments: [["suspend": true] as JSONValue, ["message": "${nothing}"]])
    func `one that is suspended or wrong makes nothing`(_ more: JSONValue) async throws {
        try await TriggerScene.run(TriggerScene.cron(["schedule": "* * * * *"], more)) { scene in
            _ = try await scene.reconcile()
            scene.clock.advance(by: .seconds(600))
            _ = try await scene.reconcile()
            #expect(scene.made.isEmpty)
            let error = try scene.status("nightly").lastError
            #expect((error == nil) == (more["suspend"] != nil))
        }
    }

    @Test(arguments: [
        ("* * *", "can't be read"), ("@every 5s", "less than a minute"), ("0 0 31 2 *", "never due"),
    ])
    func `a schedule that can't be used is said in the status`(_ schedule: String, _ expected: String) async throws {
        try await TriggerScene.run(TriggerScene.cron(["schedule": .string(schedule)])) { scene in
            _ = try await scene.reconcile()
            #expect(try scene.status("nightly").lastError?.contains(expected) ?? false)
        }
    }

    @Test func `an unknown time zone is said in the status`() async throws {
        try await TriggerScene.run(TriggerScene.cron(["schedule": "@daily", "timeZone": "Europe/Nowhere"])) { scene in
            _ = try await scene.reconcile()
            #expect(try scene.status("nightly").lastError == "the time zone Europe/Nowhere isn't known")
        }
    }

    @Test func `the oldest that are over are deleted`() async throws {
        let trigger = TriggerScene.cron(["schedule": "*/10 * * * *"], ["historyLimit": 1])
        try await TriggerScene.run(trigger) { scene in
            _ = try await scene.reconcile()
            for _ in 0..<3 {
                scene.clock.advance(by: .seconds(600))
                _ = try await scene.reconcile()
                scene.made.forEach(scene.finish)
            }
            _ = try await scene.reconcile()
            #expect(scene.made.count == 1)
        }
    }

    @Test func `a Conversation of that name which somebody else made is left alone`() async throws {
        try await TriggerScene.run(TriggerScene.cron(["schedule": "*/10 * * * *"])) { scene in
            _ = try await scene.reconcile()
            scene.clock.advance(by: .seconds(600))
            _ = try await scene.reconcile()
            let made = try #require(scene.made.first)
            scene.cluster.change(.conversations, made.object.name, ["metadata": ["labels": .null]])
            scene.cluster.change(
                .skyfloAIs, "sky",
                [
                    "status": [
                        "triggers": [
                            [
                                "name": "nightly", "type": "Cron", "schedule": "*/10 * * * * UTC",
                                "countedFrom": "2027-01-15T08:01:00Z",
                            ]
                        ]
                    ]
                ])
            scene.dependencies.skyfloAIs.insert(try #require(scene.cluster.object(.skyfloAIs, "sky")))
            scene.tell(made)
            _ = try await scene.reconcile()
            #expect(try scene.status("nightly").lastError?.contains("the trigger has not made") ?? false)
        }
    }

    @Test func `another namespace is refused unless the SkyfloAI is the operator's default`() async throws {
        let trigger = TriggerScene.cron(["schedule": "* * * * *"], ["namespace": "other"])
        try await TriggerScene.run(trigger) { scene in
            _ = try await scene.reconcile()
            scene.clock.advance(by: .seconds(60))
            _ = try await scene.reconcile()
            #expect(scene.made.isEmpty)
            #expect(try scene.status("nightly").lastError?.contains("default SkyfloAI") ?? false)
        }
    }

    @Test func `where two people have to approve it belongs to the operator`() async throws {
        let spec: JSONValue = ["approvals": ["twoPerson": true]]
        try await TriggerScene.run(TriggerScene.cron(["schedule": "* * * * *"]), spec: spec) { scene in
            _ = try await scene.reconcile()
            scene.clock.advance(by: .seconds(60))
            _ = try await scene.reconcile()
            #expect(scene.made.first?.creator == scene.dependencies.options.user)
        }
    }
}
