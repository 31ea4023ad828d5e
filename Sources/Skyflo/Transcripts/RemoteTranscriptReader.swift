import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine

/// A page of a transcript, as the operator hands it out over HTTP.
package struct TranscriptPageRecord: Sendable, Hashable {
    /// Of the conversation.
    package var uid: String
    package var number: Int
    package var page: TranscriptPage

    package init(uid: String, number: Int, page: TranscriptPage) {
        self.uid = uid
        self.number = number
        self.page = page
    }
}

extension TranscriptPageRecord: JSONRecord {
    package init() { self.init(uid: "", number: 0, page: TranscriptPage(text: "", hasNext: false)) }

    package mutating func code(_ members: inout JSONMembers) {
        members.write("\(SkyfloGroup.name)/\(SkyfloGroup.version)", as: "apiVersion")
        members.write("TranscriptPage", as: "kind")
        members.require(&uid, as: "uid")
        members.require(&number, as: "page")
        members.require(&page.hasNext, as: "hasNext")
        members.require(&page.text, as: "text")
    }
}

/// Transcripts as the operator hands them out, through the API server's proxy to the operator's service. The caller's own
/// token goes along in a header, because the proxy drops `Authorization`.
package struct RemoteTranscriptReader: TranscriptPages {
    /// Where the operator listens by default.
    package static let service = "https:skyflo-operator:https"
    package static let callerHeaders = KubeRequest.CallerHeaders(
        token: "Skyflo-Token", user: "Skyflo-Impersonate-User", group: "Skyflo-Impersonate-Group")

    private let api: any KubeAPI
    private let namespace: String
    private let service: String

    /// - Parameters:
    ///   - namespace: the operator's.
    ///   - service: its name, with scheme and port, as the API server's proxy takes it.
    package init(api: any KubeAPI, namespace: String, service: String = Self.service) {
        self.api = api
        self.namespace = namespace
        self.service = service
    }

    package func page(_ number: Int, of conversation: Conversation) async throws -> TranscriptPage? {
        let proxy = APIResource.services.path(namespace: namespace, name: service, subresource: "proxy")
        let place = APIResource.conversations.path(
            namespace: conversation.namespace, name: conversation.object.name, subresource: "transcript")
        // The operator's paths are those of the API server behind the group.
        let path = proxy + place.dropFirst("/apis/\(SkyfloGroup.name)".count)
        var request = KubeRequest(.get, path: path, query: [.init("page", value: String(number))])
        request.callerHeaders = Self.callerHeaders
        let record = TranscriptPageRecord(json: try await api.call(request))
        guard let record else {
            throw KubeClientError(.badResponse, message: "the operator's answer is no page of a transcript")
        }
        guard record.uid == conversation.uid, record.number == number else {
            throw TranscriptChain.Failure(description: "the operator answered with a page of another transcript")
        }
        return record.page
    }
}

extension APIResource {
    fileprivate static let services = APIResource(group: "", version: "v1", plural: "services", kind: "Service")
}
