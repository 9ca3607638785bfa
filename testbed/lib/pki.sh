# shellcheck shell=bash disable=SC2153
# One authority, and a key with a certificate for every part of the control plane. Kept until the address changes.

pki_make() {
  local user
  if [ "$(cat "$PKI/address" 2>/dev/null)" != "$NODE_IP $SERVICE_IP" ]; then rm -rf "$PKI"; fi
  mkdir -p "$PKI"
  chmod 700 "$PKI"
  echo "$NODE_IP $SERVICE_IP" >"$PKI/address"
  if [ ! -s "$PKI/ca.crt" ]; then
    openssl ecparam -name prime256v1 -genkey -noout -out "$PKI/ca.key"
    openssl req -x509 -new -key "$PKI/ca.key" -subj /CN=migrations-testbed -days 3650 -sha256 \
      -addext keyUsage=critical,keyCertSign,digitalSignature -out "$PKI/ca.crt"
  fi
  if [ ! -s "$PKI/sa.pub" ]; then
    openssl genrsa -out "$PKI/sa.key" 2048
    openssl rsa -in "$PKI/sa.key" -pubout -out "$PKI/sa.pub"
  fi
  certificate kube-apiserver /CN=kube-apiserver serverAuth \
    "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,IP:127.0.0.1,IP:$NODE_IP,IP:$SERVICE_IP"
  certificate kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client clientAuth
  certificate front-proxy /CN=front-proxy-client clientAuth
  certificate admin /O=system:masters/CN=admin clientAuth
  certificate kube-controller-manager /CN=system:kube-controller-manager clientAuth
  certificate kube-scheduler /CN=system:kube-scheduler clientAuth
  certificate kube-proxy /CN=system:kube-proxy clientAuth
  certificate coredns /CN=system:coredns clientAuth
  certificate kubelet "/O=system:nodes/CN=system:node:$NODE" clientAuth,serverAuth "DNS:$NODE,IP:$NODE_IP,IP:127.0.0.1"
  for user in admin kube-controller-manager kube-scheduler kube-proxy coredns kubelet; do kubeconfig $user; done
  install -m 600 "$PKI/admin.kubeconfig" "$KUBECONFIG_FILE"
}

# certificate NAME SUBJECT USAGE [ALTERNATIVE_NAMES]
certificate() {
  local name=$PKI/$1
  # The certificate is moved in last: its presence says that both files are whole.
  [ ! -s "$name.crt" ] || return 0
  openssl ecparam -name prime256v1 -genkey -noout -out "$name.key"
  printf 'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=%s\n%s\n' "$3" "${4:+subjectAltName=$4}" >"$name.ext"
  openssl req -new -key "$name.key" -subj "$2" -out "$name.csr"
  openssl x509 -req -in "$name.csr" -CA "$PKI/ca.crt" -CAkey "$PKI/ca.key" -set_serial "0x$(openssl rand -hex 8)" \
    -days 3650 -sha256 -extfile "$name.ext" -out "$name.part"
  mv "$name.part" "$name.crt"
  rm "$name.csr" "$name.ext"
}

kubeconfig() {
  cat >"$PKI/$1.kubeconfig" <<END
apiVersion: v1
kind: Config
clusters: [{name: $NAME, cluster: {server: "https://$NODE_IP:6443", certificate-authority-data: $(base64 -w0 "$PKI/ca.crt")}}]
users: [{name: $1, user: {client-certificate-data: $(base64 -w0 "$PKI/$1.crt"), client-key-data: $(base64 -w0 "$PKI/$1.key")}}]
contexts: [{name: $NAME, context: {cluster: $NAME, user: $1}}]
current-context: $NAME
END
}
