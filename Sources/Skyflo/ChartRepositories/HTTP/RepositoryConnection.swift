import HTTPTransport
import Integrations

/// Asks one repository, and the hosts that it may lead to.
struct RepositoryConnection: Sendable {
    let repository: ChartRepository
    let access: RepositoryAccess
    let proxies: ProxyEnvironment

    /// Asks the repository itself, or another host that it may lead to.
    ///
    /// - Parameters:
    ///   - what: leads there, for messages: `the index entry of web 1.2.3`.
    ///   - credential: is sent to `own` only.
    /// - Throws: ``Integrations/IntegrationError``; `CancellationError`.
    func send(
        _ request: IntegrationRequest, to origin: IntegrationOrigin, own: IntegrationOrigin, what: String,
        credential: IntegrationCredential?
    ) async throws -> IntegrationResponse {
        if origin != own { try checkHost(of: origin, own: own, what: what) }
        var request = request
        request.mayLeaveOrigin = true
        do {
            let transport = try HTTPIntegrationTransport(
                origin, credential: origin == own ? credential : nil, certificates: access.certificates,
                otherHosts: repository.allowedHosts, hostList: "its allowedHosts", timeout: repository.timeout,
                proxies: proxies)
            return try await transport.send(request)
        } catch let error as IntegrationError {
            throw error.said(of: repository)
        }
    }

    /// - Throws: ``Integrations/IntegrationError`` for a host that isn't the repository's and isn't listed.
    private func checkHost(of origin: IntegrationOrigin, own: IntegrationOrigin, what: String) throws(IntegrationError)
    {
        let host = origin.hostAndPort
        guard origin.isSecure || !own.isSecure else {
            throw IntegrationError(
                .refused, message: "\(what) leads to \(host.excerpt) without TLS, which is not followed"
            ).said(of: repository)
        }
        guard repository.allows(host) else {
            throw IntegrationError(
                .refused,
                message: "\(what) leads to another host; if that may be asked, add \(host.excerpt) to its allowedHosts"
            ).said(of: repository)
        }
    }
}

extension IntegrationError {
    /// The same with the repository's name in front.
    func said(of repository: ChartRepository) -> IntegrationError {
        IntegrationError(code, message: "\(repository.label): \(message)")
    }
}
