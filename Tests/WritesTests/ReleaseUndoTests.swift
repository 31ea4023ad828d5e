import KubeClient
import KubeModel
import SkyfloAPI
import Testing

@testable import Writes

/// How what was done for a release of Helm is taken back as a whole.
@Suite struct ReleaseUndoTests {
    private func record(
        _ kind: StoredReleaseWork.Kind, revision: Int, status: String, after previous: (Int, String)? = nil
    ) -> ChangeRecord? {
        var work = StoredReleaseWork(
            kind, release: "web", namespace: "shop", revision: revision, secretUID: "", digest: "d")
        work.status = status
        work.previous = previous.map { .init(revision: $0.0, uid: "u", status: $0.1) }
        let target = PlannedRequest.Target(
            resource: APIResource.secrets.identity, namespace: "shop", name: "sh.helm.release.v1.web.v\(revision)",
            uid: "", resourceVersion: "")
        return ChangeRecord(PlannedReleaseWrite(work, target: target))
    }

    private func arguments(_ record: ChangeRecord?) -> JSONValue? { record?.reversal?.arguments }

    @Test func `an installation is uninstalled, only while it is the newest revision`() throws {
        let change = try #require(record(.createRecord, revision: 1, status: "pending-install"))
        #expect(change.reversal?.tool == "helm_uninstall" && change.obstacle == nil)
        #expect(
            arguments(change)
                == ["release_name": "web", "namespace": "shop", "keep_history": false, "if_revision": 1])
    }

    @Test func `a new revision is rolled back to the one that was deployed`() {
        let change = record(.createRecord, revision: 4, status: "pending-upgrade", after: (3, "deployed"))
        #expect(change?.reversal?.tool == "helm_rollback")
        #expect(
            arguments(change) == ["release_name": "web", "namespace": "shop", "revision": 3, "if_revision": 4])
    }

    @Test func `over a kept history it is uninstalled with its history kept`() {
        let change = record(.createRecord, revision: 4, status: "pending-install", after: (3, "uninstalled"))
        #expect(change?.reversal?.tool == "helm_uninstall" && arguments(change)?["keep_history"] == true)
    }

    @Test(arguments: ["failed", "pending-upgrade", "uninstalling", "unheard-of"])
    func `what was no state to go back to is said`(_ status: String) {
        let change = record(.createRecord, revision: 4, status: "pending-upgrade", after: (3, status))
        #expect(change?.reversal == nil && change?.obstacle?.hasPrefix("revision 3 was \(status)") == true)
    }

    @Test func `a kept history is rolled back to what was installed, and other steps are part of it`() {
        let change = record(.markRecord, revision: 3, status: "uninstalled")
        #expect(arguments(change) == ["release_name": "web", "namespace": "shop", "revision": 3, "if_revision": 3])
        #expect(record(.markRecord, revision: 3, status: "deployed") == nil)
        #expect(record(.deleteRecord, revision: 3, status: "deployed") == nil)
    }

    @Test func `a record is read back as it was stored`() throws {
        for status in ["deployed", "failed"] {
            let change = try #require(
                record(.createRecord, revision: 4, status: "pending-upgrade", after: (3, status)))
            #expect(ChangeRecord(json: change.json) == change)
        }
    }
}
