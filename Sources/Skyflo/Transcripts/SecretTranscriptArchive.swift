import KubeClient
import KubeModel
import SkyfloAPI

/// What the Secrets of a transcript note of the conversation that it is of, in labels and annotations.
enum TranscriptNote {
    static let uid = "skyflo.ai/conversation-uid"
    static let namespace = "skyflo.ai/conversation-namespace"
    static let name = "skyflo.ai/conversation"
}

/// The transcripts in Secrets of the operator's namespace. Looks at metadata only: of any number of transcripts, none is
/// held.
///
/// Which transcript a Secret belongs to is said by its name, which nobody can change; a label only helps to find it.
package struct SecretTranscriptArchive: TranscriptArchive {
    static let pageSize = 500

    private let api: any KubeAPI
    private let namespace: String

    package init(api: any KubeAPI, namespace: String) {
        self.api = api
        self.namespace = namespace
    }

    package func owners(after token: String?) async throws -> (owners: Set<TranscriptOwner>, next: String?) {
        let page = try await page(ListOptions(limit: Self.pageSize, continueToken: token))
        return (Set(page.objects.compactMap(Self.owner)), page.next)
    }

    package func owners(uid: String) async throws -> Set<TranscriptOwner> {
        Set(try await secrets(of: uid).compactMap(Self.owner))
    }

    package func remove(uid: String) async throws {
        for secret in try await secrets(of: uid) {
            do {
                try await api.delete(
                    .secrets, namespace: namespace, name: secret.name, options: DeleteOptions(uid: secret.uid))
            } catch let status as APIStatus where status.isNotFound || status.isConflict {
                // Somebody else was faster.
            }
        }
    }

    private func secrets(of uid: String) async throws -> [KubeObject] {
        let selector = try LabelSelector(parsing: "\(TranscriptNote.uid)=\(uid)")
        var found: [KubeObject] = []
        var token: String?
        repeat {
            let page = try await page(
                ListOptions(labelSelector: selector, limit: Self.pageSize, continueToken: token))
            found += page.objects.filter { TranscriptPlace.uid(inName: $0.name) == uid }
            token = page.next
        } while token != nil
        return found
    }

    private func page(_ options: ListOptions) async throws -> (objects: [KubeObject], next: String?) {
        let answer = try await api.call(
            KubeRequest(
                .get, path: APIResource.secrets.path(namespace: namespace), query: options.query,
                accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"))
        let next = answer["metadata", "continue"]?.string ?? ""
        return ((answer["items"]?.array ?? []).map(KubeObject.init), next.isEmpty ? nil : next)
    }

    private static func owner(_ secret: KubeObject) -> TranscriptOwner? {
        guard let uid = TranscriptPlace.uid(inName: secret.name) else { return nil }
        return TranscriptOwner(
            uid: uid, namespace: secret.labels[TranscriptNote.namespace], name: secret.annotations[TranscriptNote.name])
    }
}
