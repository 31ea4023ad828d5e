/// The kinds of systems outside of the cluster that a SkyfloAI may name. The raw value is the list of `spec.integrations`.
package enum IntegrationKind: String, Sendable, Hashable, CaseIterable {
    case argoCD, gitHub, gitLab, jenkins, prometheus

    /// The name that people know it by.
    package var title: String {
        switch self {
        case .argoCD: "Argo CD"
        case .gitHub: "GitHub"
        case .gitLab: "GitLab"
        case .jenkins: "Jenkins"
        case .prometheus: "Prometheus"
        }
    }

    /// The field of an entry with the patterns of names that it allows; nil where nothing has a name of its own.
    package var allowList: String? {
        switch self {
        case .argoCD: "allowedApplications"
        case .gitHub: "allowedRepositories"
        case .gitLab: "allowedProjects"
        case .jenkins: "allowedJobs"
        case .prometheus: nil
        }
    }

    /// How a system of this kind is told who asks.
    package enum Login: Sendable, Hashable {
        /// A user name with a token or a password.
        case user
        /// A token alone.
        case token
        /// A user name with a password where the Secret has one, else a token alone.
        case userOrToken
    }

    package var login: Login {
        switch self {
        case .argoCD, .gitHub, .gitLab: .token
        case .jenkins: .user
        case .prometheus: .userOrToken
        }
    }
}
