# SPDX-License-Identifier: Apache-2.0
# Four network namespaces, all of them named after HEARD_RIG (a process id):
#
#   phone ── wifi 198.51.100.2/25   ──┐
#         ── cell 198.51.100.130/25 ──┤ router ── e0 192.0.2.2/24   house: server, desks, node
#                                     └        ── e0 203.0.113.2/24 relay: coturn
#
# In the router everything that the phone's wifi sends passes ifb0 (tbf: a rate) and everything
# it sends or gets passes NFQUEUE 1 and 2 (bad_line: delay and loss) once rig_bad_line was asked.
# Each has a default route: Firefox gathers no address without one (media.md 3).

rig_name() { echo "heard-$1-$HEARD_RIG"; }

# rig_wire SPACE NAME SIZE ADDRESS ROUTER-ADDRESS: a wire to the router, where it is called the same
# as its space, or NAME on the phone. Packets stay single: no tbf or loss takes 40 of them at once.
rig_wire() {
  local space=$1 name=$2 size=$3 address=$4 gateway=$5 router far
  router=$(rig_name router)
  far=$1
  [ "$space" != phone ] || far=$name
  ip link add "$name" netns "$(rig_name "$space")" type veth peer name "$far" netns "$router" || return 1
  ip -n "$(rig_name "$space")" addr add "$address/$size" dev "$name"
  ip -n "$router" addr add "$gateway/$size" dev "$far"
  ip -n "$(rig_name "$space")" link set "$name" gso_max_segs 1 gso_max_size 1500 up
  ip -n "$router" link set "$far" gso_max_segs 1 gso_max_size 1500 up
}

rig_up() {
  local space router
  router=$(rig_name router)
  for space in house router phone relay; do
    ip netns add "$(rig_name $space)" || return 1
    ip -n "$(rig_name $space)" link set lo up
  done
  rig_wire house e0 24 192.0.2.2 192.0.2.1 || return 1
  rig_wire relay e0 24 203.0.113.2 203.0.113.1 || return 1
  rig_wire phone wifi 25 198.51.100.2 198.51.100.1 || return 1
  rig_wire phone cell 25 198.51.100.130 198.51.100.129 || return 1
  ip -n "$(rig_name house)" route add default via 192.0.2.1
  ip -n "$(rig_name relay)" route add default via 203.0.113.1
  ip -n "$(rig_name phone)" route add default via 198.51.100.1 metric 100
  ip -n "$(rig_name phone)" link set cell down
  ip netns exec "$router" sysctl -qw net.ipv4.ip_forward=1
  ip -n "$router" link add ifb0 type ifb && ip -n "$router" link set ifb0 up || return 1
  tc -n "$router" qdisc add dev wifi ingress || return 1
  tc -n "$router" filter add dev wifi parent ffff: protocol ip u32 match u32 0 0 \
    action mirred egress redirect dev ifb0
}

# Ends what still runs inside, by its process ids, and takes the namespaces away.
rig_down() {
  local space
  for space in house router phone relay; do
    ip netns pids "$(rig_name $space)" 2>/dev/null | xargs -r kill -9 2>/dev/null
    ip netns del "$(rig_name $space)" 2>/dev/null
  done
  return 0
}
