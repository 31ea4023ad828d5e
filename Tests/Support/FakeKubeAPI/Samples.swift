import KubeClient
import KubeModel

package let worker = Impersonation.serviceAccount(namespace: "shop", name: "helper")

/// - Returns: null for what is no YAML.
package func yaml(_ text: String) -> KubeObject { KubeObject((try? YAML.parse(text)) ?? .null) }

package let web = yaml(
    """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      namespace: shop
      uid: uid-web
      resourceVersion: "41"
      generation: 3
      labels: {app: web}
    spec:
      replicas: 2
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          initContainers:
          - name: migrate
            image: shop/migrate:1
          containers:
          - name: app
            image: shop/app:1
            env:
            - {name: DB_PASSWORD, value: hunter2hunter2}
            - {name: MODE, value: fast}
          - name: proxy
            image: envoy:1
    status:
      observedGeneration: 3
      replicas: 2
      updatedReplicas: 2
      readyReplicas: 2
      availableReplicas: 2
    """)
